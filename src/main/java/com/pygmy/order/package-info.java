/** One order replica: gathers buys, tails the sale stream, answers for orders. */
package com.pygmy.order;
