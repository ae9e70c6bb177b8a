package com.pygmy.wire.json;

/** The names of JSON members, each written down once. */
public final class JsonKeys {
  public static final String AFTER = "after";
  public static final String APPLIED_INDEX = "appliedIndex";
  public static final String AT = "at";
  public static final String AUTHOR = "author";
  public static final String BOOK = "book";
  public static final String BOOKS = "books";
  public static final String CACHE = "cache";
  public static final String CUSTOMER = "customer";
  public static final String DETAIL = "detail";
  public static final String ERRORS = "errors";
  public static final String HOST = "host";
  public static final String ID = "id";
  public static final String ITEMS = "items";
  public static final String KEY = "key";
  public static final String LAG = "lag";
  public static final String LEASED = "leased";
  public static final String LEASE_LOSSES = "leaseLosses";
  public static final String LEFT = "left";
  public static final String LOCAL_HITS = "localHits";
  public static final String LOCK = "lock";
  public static final String MESSAGE = "message";
  public static final String MISSES = "misses";
  public static final String NAME = "name";
  public static final String NEXT = "next";
  public static final String NODE = "node";
  public static final String NODES = "nodes";
  public static final String NUMBER = "number";
  public static final String PATH = "path";
  public static final String PRICE_CENTS = "priceCents";
  public static final String QUANTITY = "quantity";
  public static final String RAFT_PORT = "raftPort";
  public static final String READY = "ready";
  public static final String REPLICA = "replica";
  public static final String REPLICAS = "replicas";
  public static final String REQUEST_ID = "requestId";
  public static final String ROLE = "role";
  public static final String SERVICE = "service";
  public static final String SHARED_HITS = "sharedHits";
  public static final String STATE = "state";
  public static final String STATUS = "status";
  public static final String STOCK = "stock";
  public static final String SUSPENDED_READS = "suspendedReads";
  public static final String TERM = "term";
  public static final String TITLE = "title";
  public static final String TOPIC = "topic";
  public static final String TOTAL_CENTS = "totalCents";
  public static final String TYPE = "type";
  public static final String UPDATE = "update";
  public static final String UNDER_WAY = "underWay";
  public static final String URL = "url";
  public static final String VERSION = "version";

  private JsonKeys() {}
}
