package com.pygmy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.pygmy.config.Conf;
import com.pygmy.config.ConfLoader;
import com.pygmy.config.LoadResult.Loaded;
import com.pygmy.config.NodeConf;
import com.pygmy.config.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What {@code launcher/k8s} says fits together, and the program takes it. No cluster is asked. */
final class KubernetesTest {

  private static final String CONF = "shop.json";
  private static final String POD = "frontend-7c9f6d5b8f-abcde";
  private static final List<String> WORKLOADS = List.of("catalog", "order", "frontend");

  private final Manifest kustomization = Manifest.kustomization();
  private final List<Manifest> all = Manifest.resources();

  KubernetesTest() throws IOException {}

  private List<Manifest> of(String kind) {
    return all.stream().filter(one -> one.kind().equals(kind)).toList();
  }

  private Manifest workload(String name) {
    return all.stream()
        .filter(one -> one.has("spec.template") && one.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static Manifest container(Manifest workload) {
    List<Manifest> containers = workload.parts("spec.template.spec.containers");
    assertEquals(1, containers.size());
    return containers.get(0);
  }

  private static Object labels(Manifest workload) {
    return workload.get("spec.template.metadata.labels");
  }

  private static Map<String, Integer> ports(Manifest workload) {
    return container(workload).parts("ports").stream()
        .collect(Collectors.toMap(Manifest::name, port -> port.number("containerPort")));
  }

  /** As a pod of this workload reads it. */
  private Conf conf(Manifest workload, String pod) {
    Map<String, String> environment = new HashMap<>();
    for (Manifest variable : container(workload).parts("env")) {
      if (variable.name().startsWith("PYGMY_")) {
        environment.put(variable.name(), value(variable, pod));
      }
    }
    Object result = ConfLoader.load(Manifest.FOLDER.resolve(CONF), environment);
    return assertInstanceOf(Loaded.class, result, result::toString).conf();
  }

  private static String value(Manifest variable, String pod) {
    if (variable.has("valueFrom.secretKeyRef")) {
      return "a-token";
    }
    String field = variable.text("valueFrom.fieldRef.fieldPath");
    assertTrue(Set.of("metadata.name", "status.podIP").contains(field), field);
    return field.equals("metadata.name") ? pod : "10.1.2.3";
  }

  @Test
  void everyObjectIsOfAKindThatIsKnownAndThereOnce() {
    Map<String, String> known =
        Map.of(
            "Namespace", "v1",
            "Service", "v1",
            "StatefulSet", "apps/v1",
            "Deployment", "apps/v1",
            "PodDisruptionBudget", "policy/v1",
            "NetworkPolicy", "networking.k8s.io/v1");
    Set<String> seen = new HashSet<>();
    for (Manifest one : all) {
      assertEquals(known.get(one.kind()), one.text("apiVersion"), one.name());
      assertTrue(seen.add(one.kind() + "/" + one.name()), one.name());
    }
    assertEquals(kustomization.text("namespace"), of("Namespace").get(0).name());
  }

  @Test
  void selectorsFindTheirPodsAndNoOthers() {
    for (String name : WORKLOADS) {
      assertEquals(labels(workload(name)), workload(name).get("spec.selector.matchLabels"), name);
      Manifest budget =
          of("PodDisruptionBudget").stream().filter(b -> b.name().equals(name)).findFirst().get();
      assertEquals(labels(workload(name)), budget.get("spec.selector.matchLabels"), name);
      assertEquals(1, budget.number("spec.maxUnavailable"), name);
      assertTrue(keepsApart(workload(name)), name);
    }
    assertEquals(3, WORKLOADS.stream().map(w -> labels(workload(w))).distinct().count());
    for (Manifest service : of("Service")) {
      Manifest target = target(service);
      for (Manifest port : service.parts("spec.ports")) {
        assertTrue(ports(target).containsKey(port.text("targetPort")), service.name());
      }
    }
  }

  private Manifest target(Manifest service) {
    List<Manifest> found =
        WORKLOADS.stream()
            .map(this::workload)
            .filter(one -> labels(one).equals(service.get("spec.selector")))
            .toList();
    assertEquals(1, found.size(), service.name());
    return found.get(0);
  }

  private static boolean keepsApart(Manifest workload) {
    Manifest rules = workload.part("spec.template.spec.affinity.podAntiAffinity");
    return Stream.concat(
            rules.parts("requiredDuringSchedulingIgnoredDuringExecution").stream(),
            rules.parts("preferredDuringSchedulingIgnoredDuringExecution").stream()
                .map(rule -> rule.part("podAffinityTerm")))
        .anyMatch(
            term ->
                term.text("topologyKey").equals("kubernetes.io/hostname")
                    && labels(workload).equals(term.get("labelSelector.matchLabels")));
  }

  /** A pod of a stateful set is a node of the conf, and found under its own name in DNS. */
  @Test
  void thePodsOfStatefulSetsAreTheNodesOfTheConf() {
    String namespace = kustomization.text("namespace");
    for (Role role : List.of(Role.CATALOG, Role.ORDER)) {
      Manifest set = workload(role.name().toLowerCase(Locale.ROOT));
      assertEquals("StatefulSet", set.kind());
      assertEquals("Parallel", set.text("spec.podManagementPolicy"), "a store is founded by all");
      String service = set.text("spec.serviceName");
      assertFindsAllPods(service, set);
      Map<String, String> expected = new HashMap<>();
      for (int i = 0; i < set.number("spec.replicas"); i++) {
        String pod = set.name() + "-" + i;
        String host = "%s.%s.%s.svc.cluster.local".formatted(pod, service, namespace);
        expected.put(pod, host);
        NodeConf node = conf(set, pod).node(pod).orElseThrow();
        assertEquals(Set.of(role), node.roles());
        assertPorts(set, node);
      }
      Map<String, String> hosts =
          conf(set, set.name() + "-0").nodesWith(role).stream()
              .collect(Collectors.toMap(NodeConf::name, NodeConf::host));
      assertEquals(expected, hosts);
    }
  }

  /** Any number of pods, each a node of its own by what its environment says. */
  @Test
  void aPodOfTheDeploymentIsAFrontendUnderItsOwnNameAndAddress() {
    Manifest deployment = workload("frontend");
    assertEquals("Deployment", deployment.kind());
    Conf conf = conf(deployment, POD);
    NodeConf own = conf.node(POD).orElseThrow();
    assertEquals("10.1.2.3", own.host());
    assertEquals(Set.of(Role.FRONTEND), own.roles());
    assertEquals(1, conf.nodesWith(Role.FRONTEND).size());
    assertPorts(deployment, own);
    assertEquals(1, conf.adminTokens().size());
    NodeConf asOthersSeeIt = conf(workload("catalog"), "catalog-0").node("frontend").orElseThrow();
    String service = asOthersSeeIt.host().substring(0, asOthersSeeIt.host().indexOf('.'));
    assertFindsAllPods(service, deployment);
  }

  private void assertFindsAllPods(String name, Manifest workload) {
    Manifest service =
        of("Service").stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    assertEquals(workload, target(service));
    assertEquals("None", service.text("spec.clusterIP"), name);
    assertEquals(true, service.get("spec.publishNotReadyAddresses"), name);
  }

  private static void assertPorts(Manifest workload, NodeConf node) {
    Map<String, Integer> expected = new HashMap<>();
    put(expected, "http", node.httpPort());
    put(expected, "raft", node.raftPort());
    put(expected, "hazelcast", node.hazelcastPort());
    put(expected, "event-bus", OptionalInt.of(node.eventBusPort()));
    put(expected, "management", node.managementPort());
    assertEquals(expected, ports(workload), node.name());
  }

  private static void put(Map<String, Integer> ports, String name, OptionalInt port) {
    port.ifPresent(number -> ports.put(name, number));
  }

  @Test
  void probesAskWhatTheProgramAnswers() throws IOException {
    String api = Files.readString(Path.of("src/main/resources/openapi.yaml"));
    Set<?> routes = Manifest.read(api).get(0).part("paths").fields().keySet();
    for (String name : WORKLOADS) {
      Manifest container = container(workload(name));
      for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
        String watched = name.equals("frontend") ? "http" : "management";
        assertEquals(watched, container.text(probe + ".httpGet.port"), name + " " + probe);
        assertTrue(routes.contains(container.get(probe + ".httpGet.path")), name + " " + probe);
      }
    }
  }

  @Test
  void theProgramTakesTheArguments() {
    for (String name : WORKLOADS) {
      Manifest container = container(workload(name));
      List<String> args = container.list("args").stream().map(String.class::cast).toList();
      var unused = CommandTree.root().parseArgs(args.toArray(String[]::new));
      assertEquals("$(POD_NAME)", args.get(1));
      assertEquals("metadata.name", variable(container, "POD_NAME"));
      String conf = args.get(args.indexOf("--conf") + 1);
      String data = args.get(args.indexOf("--data") + 1);
      Map<String, String> mounts =
          container.parts("volumeMounts").stream()
              .collect(Collectors.toMap(m -> m.text("mountPath"), Manifest::name));
      assertEquals("data", mounts.get(data), name);
      assertEquals("conf", mounts.get(Path.of(conf).getParent().toString()), name);
      assertEquals(CONF, Path.of(conf).getFileName().toString());
      assertVolumes(workload(name), new TreeSet<>(mounts.values()));
    }
  }

  private static String variable(Manifest container, String name) {
    return container.parts("env").stream()
        .filter(variable -> variable.name().equals(name))
        .map(variable -> variable.text("valueFrom.fieldRef.fieldPath"))
        .findFirst()
        .orElseThrow();
  }

  private void assertVolumes(Manifest workload, Set<String> mounted) {
    Set<String> volumes = new TreeSet<>();
    for (Manifest volume : workload.parts("spec.template.spec.volumes")) {
      volumes.add(volume.name());
      if (volume.has("configMap")) {
        Manifest made = kustomization.parts("configMapGenerator").get(0);
        assertEquals(made.name(), volume.text("configMap.name"));
        assertEquals(List.of(CONF), made.list("files"));
      }
    }
    workload.parts("spec.volumeClaimTemplates").forEach(claim -> volumes.add(claim.name()));
    assertEquals(volumes, mounted, workload.name());
  }

  /**
   * Nothing runs as root or writes beside its volumes; nothing of the cluster gets into the conf.
   */
  @Test
  void podsMayNoMoreThanTheyNeed() {
    for (String name : WORKLOADS) {
      Manifest pod = workload(name).part("spec.template.spec");
      assertEquals(true, pod.get("securityContext.runAsNonRoot"), name);
      assertEquals(false, pod.get("enableServiceLinks"), name);
      assertEquals(false, pod.get("automountServiceAccountToken"), name);
      Manifest container = container(workload(name));
      assertEquals(true, container.get("securityContext.readOnlyRootFilesystem"), name);
      assertEquals(false, container.get("securityContext.allowPrivilegeEscalation"), name);
      assertEquals(List.of("ALL"), container.list("securityContext.capabilities.drop"), name);
      assertTrue(container.has("resources.limits.memory"), name);
      String image = kustomization.parts("images").get(0).name();
      assertEquals(image, container.text("image"));
    }
  }

  /**
   * From the nodes to the nodes, from pods to where nodes are watched, and from anywhere to HTTP:
   * no port is forgotten, or open to all.
   */
  @Test
  void theNetworkPolicyLeavesEveryPortToThoseWhoNeedIt() {
    for (String name : WORKLOADS) {
      Map<String, Integer> ports = new HashMap<>(ports(workload(name)));
      for (Manifest policy : of("NetworkPolicy")) {
        if (isFor(policy, workload(name))) {
          for (Manifest rule : policy.parts("spec.ingress")) {
            for (Manifest port : rule.parts("ports")) {
              boolean isHttp = port.number("port") == ports.getOrDefault("http", -1);
              assertEquals(isHttp, !rule.has("from"), policy.name());
              ports.values().remove(port.number("port"));
            }
          }
        }
      }
      assertEquals(Map.of(), ports, name + ": ports that nobody may reach");
    }
  }

  private static boolean isFor(Manifest policy, Manifest workload) {
    Manifest labels = workload.part("spec.template.metadata.labels");
    return labels
        .fields()
        .entrySet()
        .containsAll(policy.part("spec.podSelector.matchLabels").fields().entrySet());
  }

  @Test
  void kubectlRendersIt() throws Exception {
    Process kubectl;
    try {
      kubectl =
          new ProcessBuilder("kubectl", "kustomize", Manifest.FOLDER.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException missing) {
      String told = "RENDERING FOR KUBERNETES SKIPPED: there is no kubectl here";
      System.out.println(told);
      Assumptions.abort(told);
      return;
    }
    String rendered = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(kubectl.waitFor(60, TimeUnit.SECONDS));
    assertEquals(0, kubectl.exitValue());
    List<Manifest> made = Manifest.read(rendered);
    assertEquals(all.size() + 1, made.size());
    Manifest conf = made.stream().filter(one -> one.kind().equals("ConfigMap")).findFirst().get();
    assertEquals(
        Files.readString(Manifest.FOLDER.resolve(CONF)), conf.part("data").fields().get(CONF));
    for (Manifest one : made) {
      Optional<Object> namespace = Optional.ofNullable(one.get("metadata.namespace"));
      boolean isNamespace = one.kind().equals("Namespace");
      assertEquals(isNamespace, namespace.isEmpty(), one.name());
      for (Manifest volume : one.parts("spec.template.spec.volumes")) {
        assertFalse(
            volume.has("configMap") && !volume.text("configMap.name").equals(conf.name()),
            one.name());
      }
    }
  }
}
