package jltrace.sys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compared with what getent(1) and id(1) say. */
class UserAccountTest {
    private static String output(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.strip();
    }

    @Test
    void everyUserIsAsTheSystemSays() throws IOException, InterruptedException {
        List<String> entries = output("getent", "passwd").lines().toList();
        assertThat(entries).isNotEmpty();
        for (String entry : entries) {
            String[] fields = entry.split(":", -1);
            List<Integer> groups = Arrays.stream(output("id", "-G", fields[0]).split(" "))
                    .map(Integer::valueOf)
                    .toList();
            UserAccount expected = new UserAccount(
                    fields[0], Integer.parseInt(fields[2]), Integer.parseInt(fields[3]), groups, fields[5], fields[6]);

            assertThat(UserAccount.find(fields[0])).hasValueSatisfying(account -> {
                assertThat(account.groups()).containsExactlyInAnyOrderElementsOf(groups);
                assertThat(account)
                        .usingRecursiveComparison()
                        .ignoringFields("groups")
                        .isEqualTo(expected);
            });
        }
    }

    @Test
    void aNumberIsAUserId() throws IOException, InterruptedException {
        assertThat(UserAccount.find("0")).map(UserAccount::name).contains(output("id", "-un", "0"));
    }

    @Test
    void whoIsNotThereIsNotFound() {
        assertThat(UserAccount.find("no such user")).isEmpty();
        assertThat(UserAccount.find("")).isEmpty();
        assertThat(UserAccount.find("999999999")).isEmpty();
    }

    @Test
    void theEnvironmentIsTheUsersInItsOldOrder() {
        UserAccount account = new UserAccount("ann", 7, 8, List.of(8), "/home/ann", "");
        List<byte[]> before = List.of(bytes("HOME=/root"), bytes("HOMER=x"), bytes("A=\u00e9"), bytes("USER=root"));

        assertThat(account.environment(before))
                .containsExactly(
                        bytes("HOME=/home/ann"),
                        bytes("HOMER=x"),
                        bytes("A=\u00e9"),
                        bytes("USER=ann"),
                        bytes("SHELL=/bin/sh"),
                        bytes("LOGNAME=ann"));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
