package com.pygmy.cluster;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionConfig;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.InMemoryFormat;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.MultiMapConfig.ValueCollectionType;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TcpIpConfig;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.spi.MemberAddressProvider;
import com.hazelcast.spi.properties.ClusterProperty;
import com.hazelcast.spi.properties.HazelcastProperty;
import com.pygmy.cluster.ClusterSettings.Endpoint;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Hazelcast as Pygmy wants it: joined by the addresses of the conf and nothing else, small, quick
 * to notice a dead or frozen member. Hazelcast's defaults keep a frozen member for a minute, wait
 * seconds before a join, look for members by multicast and listen on every interface.
 */
final class HazelcastSettings {

  static final int HEARTBEAT_SECONDS = 1;

  /** A member not heard of for so long is put out. */
  static final int MAX_NO_HEARTBEAT_SECONDS = 4;

  /** An operation on a map gives up after so long. */
  static final int CALL_TIMEOUT_MILLIS = 5_000;

  /** A split cluster looks for its other half so often. */
  static final int MERGE_SECONDS = 5;

  /** A connection to a machine that does not answer is given up after so long. */
  private static final int CONNECT_SECONDS = 2;

  /**
   * How long a node that hears others, of which none leads yet, waits before it claims to lead. All
   * nodes of a cluster that is started at once pay it.
   */
  private static final int SEEK_MASTER_SECONDS = 1;

  /**
   * A node that neither joins nor may lead for so long fails to start, to be started again. Time
   * for two claims to lead: one that reaches a node that is about to start is lost, and given up
   * after 10 s, which cannot be set. With time for one, nodes that start at once may all give up,
   * again and again.
   */
  private static final int MAX_JOIN_SECONDS = 20;

  private static final int MAX_LEAVE_SECONDS = 5;

  /** The map behind {@link SharedCopies}. */
  static final String COPIES = "pygmy.copies";

  /** Of this node's memory, for its part of {@link #COPIES}. */
  static final int COPIES_MEGABYTES = 16;

  /** Few: each costs a little to move when a member comes or goes, and there is little data. */
  private static final int PARTITIONS = 31;

  private HazelcastSettings() {}

  /**
   * @throws UnknownHostException if this node's own host has no address
   */
  static Config of(ClusterSettings settings) throws UnknownHostException {
    Config config = new Config();
    config.setClusterName(settings.clusterName());
    // Instances of one JVM must differ; the process border is not the node border in tests.
    config.setInstanceName(settings.clusterName() + "/" + settings.node() + "@" + settings.self());
    network(config.getAdvancedNetworkConfig(), settings);
    failureDetection(config);
    joining(config);
    threads(config);
    quiet(config);
    structures(config);
    // Of what others send as Java objects, take only Java's own and Hazelcast's.
    config
        .getSerializationConfig()
        .setJavaSerializationFilterConfig(new JavaSerializationFilterConfig());
    return config;
  }

  /**
   * A port for members only. Besides being less to attack, it is needed: on a port for members and
   * clients alike, 5.3.8 turns in a circle while a peer has accepted the connection but does not
   * speak (it is frozen), on the thread that writes to the others, who then hear nothing from here.
   */
  private static void network(AdvancedNetworkConfig network, ClusterSettings settings)
      throws UnknownHostException {
    ServerSocketEndpointConfig port = new ServerSocketEndpointConfig();
    port.setPort(settings.self().port()).setPortAutoIncrement(false).setReuseAddress(true);
    port.setSocketConnectTimeoutSeconds(CONNECT_SECONDS);
    network.setEnabled(true).setMemberEndpointConfig(port);
    network
        .getMemberAddressProviderConfig()
        .setEnabled(true)
        .setImplementation(
            new OwnAddress(
                new InetSocketAddress(
                    InetAddress.getByName(settings.self().host()), settings.self().port())));
    JoinConfig join = network.getJoin();
    join.getMulticastConfig().setEnabled(false);
    join.getAutoDetectionConfig().setEnabled(false);
    TcpIpConfig tcpIp = join.getTcpIpConfig();
    tcpIp.setEnabled(true).setConnectionTimeoutSeconds(SEEK_MASTER_SECONDS);
    for (Endpoint member : settings.members()) {
      tcpIp.addMember(member.toString());
    }
  }

  private static void failureDetection(Config config) {
    set(config, ClusterProperty.HEARTBEAT_FAILURE_DETECTOR_TYPE, "deadline");
    set(config, ClusterProperty.HEARTBEAT_INTERVAL_SECONDS, HEARTBEAT_SECONDS);
    set(config, ClusterProperty.MAX_NO_HEARTBEAT_SECONDS, MAX_NO_HEARTBEAT_SECONDS);
    set(config, ClusterProperty.OPERATION_CALL_TIMEOUT_MILLIS, CALL_TIMEOUT_MILLIS);
    set(config, ClusterProperty.SOCKET_CONNECT_TIMEOUT_SECONDS, CONNECT_SECONDS);
    set(config, ClusterProperty.MERGE_FIRST_RUN_DELAY_SECONDS, MERGE_SECONDS);
    set(config, ClusterProperty.MERGE_NEXT_RUN_DELAY_SECONDS, MERGE_SECONDS);
    // MASTERSHIP_CLAIM_TIMEOUT_SECONDS stays: it is also the number of times that a claim is tried,
    // and with few a frozen master leaves the others split, each its own master.
    set(config, ClusterProperty.MEMBER_LIST_PUBLISH_INTERVAL_SECONDS, MERGE_SECONDS);
    set(config, ClusterProperty.PARTITION_TABLE_SEND_INTERVAL, MERGE_SECONDS);
  }

  private static void joining(Config config) {
    // Bind to this node's address, not to all of them. A node binds before it looks for others: of
    // two that start at once, the later to bind always finds the earlier, so no two lead.
    set(config, ClusterProperty.SOCKET_BIND_ANY, false);
    set(config, ClusterProperty.WAIT_SECONDS_BEFORE_JOIN, 0);
    set(config, ClusterProperty.MAX_WAIT_SECONDS_BEFORE_JOIN, 0);
    set(config, ClusterProperty.MAX_JOIN_SECONDS, MAX_JOIN_SECONDS);
    set(config, ClusterProperty.TCP_JOIN_PORT_TRY_COUNT, 1);
    set(config, ClusterProperty.CONNECT_ALL_WAIT_SECONDS, CONNECT_SECONDS);
    set(config, ClusterProperty.GRACEFUL_SHUTDOWN_MAX_WAIT, MAX_LEAVE_SECONDS);
    set(config, ClusterProperty.CLUSTER_SHUTDOWN_TIMEOUT_SECONDS, MAX_LEAVE_SECONDS);
    set(config, ClusterProperty.SHUTDOWNHOOK_ENABLED, false);
  }

  /** For nodes of two cores and a small heap, whose speed does not hang on Hazelcast. */
  private static void threads(Config config) {
    set(config, ClusterProperty.PARTITION_COUNT, PARTITIONS);
    set(config, ClusterProperty.PARTITION_OPERATION_THREAD_COUNT, 2);
    set(config, ClusterProperty.GENERIC_OPERATION_THREAD_COUNT, 2);
    set(config, ClusterProperty.RESPONSE_THREAD_COUNT, 1);
    set(config, ClusterProperty.EVENT_THREAD_COUNT, 2);
    set(config, ClusterProperty.IO_INPUT_THREAD_COUNT, 1);
    set(config, ClusterProperty.IO_OUTPUT_THREAD_COUNT, 1);
    set(config, ClusterProperty.IO_BALANCER_INTERVAL_SECONDS, 0);
    set(config, ClusterProperty.CLIENT_ENGINE_THREAD_COUNT, 1);
    set(config, ClusterProperty.CLIENT_ENGINE_QUERY_THREAD_COUNT, 1);
    set(config, ClusterProperty.CLIENT_ENGINE_BLOCKING_THREAD_COUNT, 1);
  }

  private static void quiet(Config config) {
    set(config, ClusterProperty.LOGGING_TYPE, "slf4j");
    set(config, ClusterProperty.LOGGING_ENABLE_DETAILS, false);
    set(config, ClusterProperty.PHONE_HOME_ENABLED, false);
    set(config, ClusterProperty.ENABLE_JMX, false);
    set(config, ClusterProperty.HEALTH_MONITORING_LEVEL, "OFF");
    set(config, ClusterProperty.SLOW_OPERATION_DETECTOR_ENABLED, false);
    config.getMetricsConfig().setEnabled(false);
    config.getInstanceTrackingConfig().setEnabled(false);
    config.getIntegrityCheckerConfig().setEnabled(false);
    config.getJetConfig().setEnabled(false);
  }

  /** What vertx-hazelcast's own configuration names, and one backup for every other map. */
  private static void structures(Config config) {
    config.addMultiMapConfig(
        new MultiMapConfig("__vertx.subs")
            .setBackupCount(1)
            .setValueCollectionType(ValueCollectionType.SET));
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("default").setBackupCount(1));
    // No backup: what a lost node held of it is fetched again, and a put is one message less.
    config.addMapConfig(
        new MapConfig(COPIES)
            .setBackupCount(0)
            .setInMemoryFormat(InMemoryFormat.BINARY)
            .setEvictionConfig(
                new EvictionConfig()
                    .setEvictionPolicy(EvictionPolicy.LRU)
                    .setMaxSizePolicy(MaxSizePolicy.USED_HEAP_SIZE)
                    .setSize(COPIES_MEGABYTES)));
  }

  private static void set(Config config, HazelcastProperty property, Object value) {
    config.setProperty(property.getName(), String.valueOf(value));
  }

  /**
   * Where a node listens, and what it tells the others. Not by interfaces: where these are named,
   * 5.3.8 looks for other members at these alone, if they are named by host names.
   */
  private record OwnAddress(InetSocketAddress address) implements MemberAddressProvider {
    @Override
    public InetSocketAddress getBindAddress() {
      return address;
    }

    @Override
    public InetSocketAddress getBindAddress(EndpointQualifier qualifier) {
      return address;
    }

    @Override
    public InetSocketAddress getPublicAddress() {
      return address;
    }

    @Override
    public InetSocketAddress getPublicAddress(EndpointQualifier qualifier) {
      return address;
    }
  }
}
