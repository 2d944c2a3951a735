package io.sandrun.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The command as its users see it; what it runs is tested in functions-runtime. */
class SelftestCommandTest {
    private static SandrunProcess.Ended selftest(String... args) throws Exception {
        String[] all = new String[args.length + 1];
        all[0] = "selftest";
        System.arraycopy(args, 0, all, 1, args.length);
        return SandrunProcess.run(Map.of(), "", all);
    }

    @Test
    void attacks_are_listed_with_what_was_seen() throws Exception {
        SandrunProcess.Ended ended =
                selftest("--attack", "--only", "user-namespace", "--only", "call-by-x32", "--only", "daemon");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        assertThat(ended.output().lines().toList())
                .hasSize(5)
                .anyMatch(line -> line.matches("HELD +privileges +user-namespace +EPERM \\(unshare\\) .*"))
                .anyMatch(line -> line.matches("HELD +remains +daemon .*"));
        assertThat(ended.errors()).contains("0 escaped");
    }

    @Test
    void json_names_each_attack_and_its_verdict() throws Exception {
        SandrunProcess.Ended ended = selftest("--attack", "--json", "--only", "network");
        assertThat(ended.exitCode()).as(ended.errors()).isZero();
        JsonNode findings = new ObjectMapper().readTree(ended.output());
        Set<String> attacks = new HashSet<>();
        findings.forEach(finding -> {
            attacks.add(finding.path("attack").asText());
            assertThat(finding.path("verdict").asText()).isIn("HELD", "NOT APPLICABLE");
        });
        assertThat(attacks).contains("host-loopback", "host-abstract-socket", "neighbour");
    }

    @Test
    void attacks_out_of_forked_processes_are_held() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "/usr/bin/python3 is not installed");
        SandrunProcess.Ended ended = selftest("--attack", "--forked", "--only", "privileges");
        assertThat(ended.exitCode()).as(ended.output() + ended.errors()).isZero();
        assertThat(ended.output()).containsPattern("HELD +privileges +user-namespace");
        assertThat(selftest("--forked").exitCode()).isEqualTo(2);
    }

    @Test
    void attacks_out_of_what_was_ready_are_held() throws Exception {
        for (String way : List.of("--ready", "--awaited")) {
            SandrunProcess.Ended ended = selftest("--attack", way, "--only", "user-namespace");
            assertThat(ended.exitCode()).as(ended.output() + ended.errors()).isZero();
            assertThat(ended.output()).containsPattern("HELD +privileges +user-namespace");
            assertThat(selftest(way).exitCode()).isEqualTo(2);
        }
        assertThat(selftest("--attack", "--ready", "--awaited").exitCode()).isEqualTo(2);
    }

    @Test
    void an_attack_that_does_not_exist_is_a_mistake_of_usage() throws Exception {
        SandrunProcess.Ended ended = selftest("--attack", "--only", "nonsense");
        assertThat(ended.exitCode()).isEqualTo(2);
        assertThat(ended.errors()).contains("nonsense").contains("network");
        assertThat(selftest("--only", "network").exitCode()).isEqualTo(2);
    }

    @Test
    void without_attacks_every_interpreter_says_hello() throws Exception {
        SandrunProcess.Ended ended = selftest();
        assertThat(ended.exitCode()).as(ended.output()).isZero();
        assertThat(ended.output()).containsPattern("sh +\\S+ +yes +hello after \\d+ ms");
    }
}
