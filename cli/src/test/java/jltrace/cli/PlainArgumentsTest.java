package jltrace.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.OptionSpec;

/** Plain command lines mean what picocli says that they mean. */
class PlainArgumentsTest {
    static List<String> options() {
        return Main.commandLine(new Main()).getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(PlainArgumentsTest::asWritten)
                .toList();
    }

    /** An option with a value that it takes. */
    private static String asWritten(OptionSpec option) {
        String name = option.names()[0];
        if (option.arity().max() == 0) {
            return name;
        }
        Class<?> type = option.auxiliaryTypes().length > 0 ? option.auxiliaryTypes()[0] : option.type();
        return name + (type == int.class || type == Integer.class ? " 7" : " seven");
    }

    @ParameterizedTest
    @MethodSource("options")
    void everyOptionIsRead(String option) {
        assertReadAsByPicocli(option + " true");
    }

    @Test
    void allOptionsTogetherAreRead() {
        assertReadAsByPicocli(String.join(" ", options()) + " true -f");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "true",
                "",
                "-f",
                "true -l clean",
                "-- true",
                "-f -- -x",
                "-- clean",
                "-t -t true",
                "-t -t -t true",
                "-l a -l b -e c -e d ls / -l",
                "-p 1,2 -p 3",
                "-p 007",
                "-s 0 -a 0 -n 3 true",
                "-s +5 true",
                "-F a -F b/c true",
                "--color always true",
                "-e *+mem*-memcpy true",
            })
    void aPlainLineIsReadAsByPicocli(String line) {
        assertReadAsByPicocli(line);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "-f --help true",
                "clean",
                "-f clean",
                "-fc true",
                "-tt true",
                "-ofile true",
                "-o=file true",
                "--color=always true",
                "-s five true",
                "-s -1 true",
                "-p 1,x",
                "-p 1,",
                "-o a -o b true",
                "-f -f true",
                "-s 1 -s 2 true",
                "-l",
                "-l -f true",
                "--no-such-option",
                "-",
                "true @file",
                "-l @file true",
            })
    void everythingElseIsLeftToPicocli(String line) {
        assertThat(PlainArguments.read(words(line))).isEmpty();
    }

    private static void assertReadAsByPicocli(String line) {
        Main main = new Main();
        Main.commandLine(main).parseArgs(words(line));
        assertThat(PlainArguments.read(words(line)).orElseThrow())
                .usingRecursiveComparison()
                .isEqualTo(main.arguments());
    }

    private static String[] words(String line) {
        return Stream.of(line.split(" ", -1)).filter(word -> !word.isEmpty()).toArray(String[]::new);
    }
}
