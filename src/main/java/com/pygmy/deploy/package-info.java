/**
 * Nodes on several machines, over ssh: where each is, what is put there, and what is done there.
 */
package com.pygmy.deploy;
