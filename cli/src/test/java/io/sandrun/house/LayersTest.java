package io.sandrun.house;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;

/** The house as ARCHITECTURE.md draws it: who may know whom, and where each library lives. */
@AnalyzeClasses(packages = "io.sandrun", importOptions = ImportOption.DoNotIncludeTests.class)
class LayersTest {
    private static final String TOOLS_FOR_AGENTS = "io.sandrun.broker.mcp..";

    @ArchTest
    static final ArchRule the_protocol_knows_nothing_of_ours =
            knowsNothingOf("protocol", "broker", "node", "runtime", "cli");

    @ArchTest
    static final ArchRule the_runtime_knows_no_broker = knowsNothingOf("runtime", "protocol", "broker", "node", "cli");

    @ArchTest
    static final ArchRule the_broker_knows_neither_node_nor_cli = knowsNothingOf("broker", "node", "cli");

    /** Archives, the names in them, and the patterns of outputs: all pure; see decision 10. */
    private static final String[] READ_BY_THE_BROKER = {
        "io.sandrun.runtime.archive", "io.sandrun.runtime.name", "io.sandrun.runtime.pattern"
    };

    /** It reads archives and manifests, which takes no system call. */
    @ArchTest
    static final ArchRule the_broker_never_runs_code = noClasses()
            .that()
            .resideInAPackage("io.sandrun.broker..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.sandrun.runtime..").and(not(resideInAnyPackage(READ_BY_THE_BROKER))));

    @ArchTest
    static final ArchRule what_the_broker_reads_it_reads_without_a_system_call = noClasses()
            .that()
            .resideInAnyPackage(READ_BY_THE_BROKER)
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.sandrun.runtime..").and(not(resideInAnyPackage(READ_BY_THE_BROKER))));

    /** So that they work beside a broker and far from one. */
    @ArchTest
    static final ArchRule the_tools_for_agents_know_the_broker_by_its_protocol_only = noClasses()
            .that()
            .resideInAPackage(TOOLS_FOR_AGENTS)
            .should()
            .dependOnClassesThat(resideInAnyPackage("io.sandrun.broker..", "io.sandrun.runtime..")
                    .and(not(resideInAPackage(TOOLS_FOR_AGENTS))));

    @ArchTest
    static final ArchRule the_node_knows_the_broker_by_its_protocol_only = knowsNothingOf("node", "broker", "cli");

    @ArchTest
    static final ArchRule javalin_lives_in_broker_http =
            livesOnlyIn("io.sandrun.broker.http", "io.javalin", "org.eclipse.jetty");

    @ArchTest
    static final ArchRule the_http_client_of_nodes_lives_in_protocol =
            livesOnlyIn("io.sandrun.protocol", "org.apache.hc");

    @ArchTest
    static final ArchRule the_database_lives_in_broker_store =
            livesOnlyIn("io.sandrun.broker.store", "org.jdbi", "org.sqlite", "com.zaxxer", "java.sql", "javax.sql");

    @ArchTest
    static final ArchRule prometheus_lives_in_broker_metrics =
            livesOnlyIn("io.sandrun.broker.metrics", "io.prometheus");

    @ArchTest
    static final ArchRule jna_lives_in_runtime_linux = livesOnlyIn("io.sandrun.runtime.linux", "com.sun.jna");

    /** One signs, the other makes and reads certificates. */
    private static final String[] KEYS = {"io.sandrun.protocol.identity", "io.sandrun.broker.tls"};

    @ArchTest
    static final ArchRule bouncy_castle_lives_where_keys_are = livesOnlyIn(KEYS, "org.bouncycastle");

    @ArchTest
    static final ArchRule zstd_lives_in_runtime_archive = livesOnlyIn("io.sandrun.runtime.archive", "com.github.luben");

    /** It packs folders on their way to a broker, and outputs on their way back; it never unpacks. */
    private static final String[] PACKING = {"io.sandrun.cli.pack", "io.sandrun.broker.artifact.pack"};

    @ArchTest
    static final ArchRule commons_compress_lives_where_archives_are_packed =
            livesOnlyIn(PACKING, "org.apache.commons.compress");

    @ArchTest
    static final ArchRule the_protocol_of_agents_lives_in_mcp =
            livesOnlyIn("io.sandrun.broker.mcp", "io.modelcontextprotocol", "reactor");

    @ArchTest
    static final ArchRule picocli_lives_in_the_cli = livesOnlyIn("io.sandrun.cli", "picocli");

    /** The tools for agents are the one package that the command line shares with the broker. */
    @ArchTest
    static final ArchRule only_the_broker_knows_its_own_inside = noClasses()
            .that()
            .resideOutsideOfPackages("io.sandrun.broker..", "io.sandrun.benchmarks..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.sandrun.broker.*..").and(not(resideInAPackage(TOOLS_FOR_AGENTS))));

    @ArchTest
    static final ArchRule rooms_do_not_depend_on_each_other_in_circles =
            slices().matching("io.sandrun.(*).(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule names_say_what_a_thing_is =
            classes().should().haveNameNotMatching(".*(Manager|Helper|Utils?|Impl|Common)");

    private static ArchRule knowsNothingOf(String room, String... others) {
        String[] packages = new String[others.length];
        for (int index = 0; index < others.length; index++) {
            packages[index] = "io.sandrun." + others[index] + "..";
        }
        return noClasses()
                .that()
                .resideInAPackage("io.sandrun." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages);
    }

    private static ArchRule livesOnlyIn(String home, String... libraries) {
        return livesOnlyIn(new String[] {home}, libraries);
    }

    private static ArchRule livesOnlyIn(String[] homes, String... libraries) {
        String named = String.join(" and ", homes);
        return noClasses()
                .that()
                .resideOutsideOfPackages(
                        Stream.of(homes).map(home -> home + "..").toArray(String[]::new))
                .should()
                .dependOnClassesThat(DescribedPredicate.describe("live in " + named, target -> isOf(target, libraries)))
                .as(String.join(", ", libraries) + " only in " + named);
    }

    private static boolean isOf(JavaClass target, String... libraries) {
        for (String library : libraries) {
            if (target.getPackageName().equals(library)
                    || target.getPackageName().startsWith(library + ".")) {
                return true;
            }
        }
        return false;
    }
}
