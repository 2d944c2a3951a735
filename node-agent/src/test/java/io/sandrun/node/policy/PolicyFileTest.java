package io.sandrun.node.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sandrun.node.policy.OwnerPolicy.WhenClosed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyFileTest {
    private Path path;

    @BeforeEach
    void name(@TempDir Path directory) {
        path = directory.resolve("policy.json");
    }

    private OwnerPolicy read(String json) throws IOException {
        Files.writeString(path, json);
        return new PolicyFile(path, false).policy();
    }

    @Test
    void every_field_says_what_it_means() throws IOException {
        OwnerPolicy policy = read("""
                {
                  "hours": ["Mon-Fri 18:00-08:00", "Sat,Sun"],
                  "time_zone": "Europe/Berlin",
                  "max_load": 1.5,
                  "on_battery": true,
                  "memory_mb": 8192,
                  "keep_free_disk_mb": 10240,
                  "keys": ["key-0123456789ab"],
                  "environments": ["ml-basic"],
                  "interpreters": ["python", "bash"],
                  "when_closed": "give_back",
                  "grace_seconds": 2.5
                }""");
        assertThat(policy.hours().spans()).hasSize(2);
        assertThat(policy.hours().zone()).isEqualTo(ZoneId.of("Europe/Berlin"));
        assertThat(policy.maxLoad()).isEqualTo(1.5);
        assertThat(policy.mayUseBattery()).isTrue();
        assertThat(policy.memoryMb()).isEqualTo(8192);
        assertThat(policy.keepFreeDiskMb()).isEqualTo(10240);
        assertThat(policy.keys()).isEqualTo(List.of("key-0123456789ab"));
        assertThat(policy.environments()).isEqualTo(Set.of("ml-basic"));
        assertThat(policy.interpreters()).isEqualTo(Set.of("python3", "bash"));
        assertThat(policy.whenClosed()).isEqualTo(WhenClosed.GIVE_BACK);
        assertThat(policy.grace()).isEqualTo(Duration.ofMillis(2500));
    }

    @Test
    void an_owner_who_writes_no_rule_keeps_the_battery_and_nothing_else() throws IOException {
        OwnerPolicy policy = read("{}");
        assertThat(policy.mayUseBattery()).isFalse();
        assertThat(policy)
                .isEqualTo(new OwnerPolicy(
                        policy.hours(), null, false, null, 0, null, null, null, WhenClosed.FINISH, Duration.ZERO));
        assertThat(policy.hours().spans()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "|it must be one JSON object",
                "[]|it must be one JSON object",
                "{} {}|it",
                "{\"hours\":[],}|it is not JSON",
                "{\"hour\":[]}|nothing reads the field \"hour\"; there are environments, grace_seconds, hours",
                "{\"hours\":[],\"hours\":[]}|it is not JSON",
                "{\"hours\":\"Mon\"}|\"hours\" must be a list of 1 to 50 texts",
                "{\"hours\":[]}|\"hours\" must be a list of 1 to",
                "{\"hours\":[\"Mon\",\"Noday\"]}|\"hours[1]\" must be days, hours or both",
                "{\"hours\":[null]}|\"hours[0]\" must be",
                "{\"hours\":[5]}|\"hours[0]\" must be a list",
                "{\"time_zone\":\"Mars\"}|\"time_zone\" must be the name",
                "{\"max_load\":-1}|\"max_load\" must be a number of cores from 0 to 10000",
                "{\"max_load\":\"2\"}|\"max_load\" must be a number",
                "{\"max_load\":\"NaN\"}|\"max_load\" must be a number",
                "{\"on_battery\":1}|\"on_battery\" must be true or false",
                "{\"on_battery\":\"false\"}|\"on_battery\" must be true or false",
                "{\"memory_mb\":1.5}|\"memory_mb\" must be whole MiB",
                "{\"memory_mb\":67108865}|\"memory_mb\" must be whole MiB from 16 to 67108864",
                "{\"memory_mb\":0}|\"memory_mb\" must be whole MiB from 16",
                "{\"memory_mb\":99999999999999999999}|\"memory_mb\" must be",
                "{\"keep_free_disk_mb\":-1}|\"keep_free_disk_mb\" must be",
                "{\"keys\":[]}|\"keys\" must be a list of 1 to 16 ids",
                "{\"keys\":[\"sandrun_0123456789ab_00\"]}|\"keys\" must be a list of 1 to 16 ids of API keys",
                "{\"environments\":[\"../x\"]}|\"environments\" must be",
                "{\"interpreters\":[\"cobol\"]}|\"interpreters\" must be a list of some of python3",
                "{\"when_closed\":\"kill\"}|\"when_closed\" must be \"finish\" or \"give_back\"",
                "{\"grace_seconds\":5}|\"grace_seconds\" must be left out unless",
                "{\"when_closed\":\"give_back\",\"grace_seconds\":-1}|\"grace_seconds\" must be seconds",
            })
    void what_is_wrong_is_named_with_its_file(String json, String said) {
        assertThatThrownBy(() -> read(json == null ? "" : json))
                .isInstanceOf(PolicyException.class)
                .hasMessageStartingWith(path + ": ")
                .hasMessageContaining(said)
                .hasMessageNotContaining("java.lang");
    }

    @Test
    void a_file_that_is_named_must_be_there(@TempDir Path directory) {
        assertThatThrownBy(() -> new PolicyFile(path, false))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("is not there");
        assertThatThrownBy(() -> new PolicyFile(directory, false))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("is no file");
    }

    @Test
    void bytes_that_are_no_characters_are_no_policy() throws IOException {
        Files.write(path, new byte[] {0, '{', 0, 0});
        assertThatThrownBy(() -> new PolicyFile(path, false))
                .isInstanceOf(PolicyException.class)
                .hasMessageStartingWith(path + ": it is not JSON");
    }

    @Test
    void a_link_that_leads_nowhere_is_not_the_absence_of_rules() throws IOException {
        Files.createSymbolicLink(path, path.resolveSibling("of-a-disk-that-comes-later"));
        assertThatThrownBy(() -> new PolicyFile(path, true))
                .isInstanceOf(PolicyException.class)
                .hasMessageContaining("a link to nothing");
    }

    @Test
    void one_that_cannot_be_read_changes_nothing() throws IOException {
        PolicyFile file = new PolicyFile(path, true);
        assertThat(file.policy()).isEqualTo(OwnerPolicy.NONE);
        Files.writeString(path, "{\"max_load\": 2}");
        file.look();
        assertThat(file.policy().maxLoad()).isEqualTo(2);

        Files.writeString(path, "{\"max_load\": }");
        file.look();
        assertThat(file.policy().maxLoad()).isEqualTo(2);
        assertThat(file.fault()).startsWith(path + ": it is not JSON");

        Files.delete(path);
        file.look();
        assertThat(file.policy().maxLoad()).as("nor does one that is gone").isEqualTo(2);
        assertThat(file.fault()).contains("is not there");

        Files.writeString(path, "{}");
        file.look();
        assertThat(file.policy().maxLoad()).isNull();
        assertThat(file.fault()).isEmpty();
    }
}
