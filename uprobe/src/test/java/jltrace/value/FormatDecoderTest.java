package jltrace.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import jltrace.call.Capture;
import jltrace.call.Captures;
import jltrace.call.FakeMemory;
import jltrace.plan.ArgumentPlan;
import jltrace.plan.CaptureLimits;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatDecoderTest {
    /** Prints what printf(3) makes of a format whose arguments are 101, 102 ... in registers and on the stack. */
    private static final String PRINTER = """
            #include <stdio.h>
            int main(int argc, char **argv) {
                int (*print)(const char *, ...) = printf;
                for (int i = 1; i < argc; i++) {
                    print(argv[i], 101L, 102L, 103L, 104L, 105L, 106L, 107L, 108L, 109L, 110L, 111L);
                    puts("");
                }
                return 0;
            }
            """;

    /** Formats whose conversions stand between blanks; floating-point ones print what happens to be in the vector registers. */
    private static final List<String> FORMATS = List.of(
            "%d",
            "%d %d %d %d %d %d %d %d",
            "%i %u %ld %lld %hd %hhd %zd %jd %td %qd",
            "%lu %llu %hu %hhu %zu %ju",
            "%5d %-5d %05d %+d %'d %.3d %5.3d",
            "%c %d",
            "%f %d",
            "%d %f %d",
            "%e %g %a %F %E %G %A %d %d",
            "%f %f %f %f %f %f %f %f %d",
            "%f %f %f %f %f %f %f %f %f %d %d %d %d %d %d",
            "%Lf %d",
            "%d %Lf %d %d %d %d %d",
            "%d %d %d %d %d %Lf %d",
            "%d %d %d %d %d %d %Lf %d",
            "%lf %d",
            "%% %d",
            "100%% %d %d",
            "%p %d",
            "%*d %d",
            "%.*d %d",
            "%*.*d %d",
            "%-*d %d",
            "%.*f %d",
            "%m %d",
            "%#x %#lx %#llx",
            "%hx %hhx %lx %x %X",
            "%o %#o %lo",
            "no conversion",
            "");

    @TempDir
    Path directory;

    private static ArgumentPlan plan(FormatType format) {
        List<Parameter> parameters = List.of(Parameter.of(format));
        return new ArgumentPlan(
                new FunctionSignature("printf", IntegerType.INT, parameters, true, false), CaptureLimits.DEFAULT);
    }

    private static HeardValues decode(FormatType type, String format, long... arguments) {
        ArgumentPlan plan = plan(type);
        long[] slots = LongStream.concat(LongStream.of(0x1000), LongStream.of(arguments))
                .toArray();
        byte[] characters = type.characterWidth() == 1
                ? (format + "\0").getBytes(StandardCharsets.ISO_8859_1)
                : (format + "\0").getBytes(Charset.forName("UTF-32LE"));
        Capture entry = Captures.entry(plan, new FakeMemory().put(0x1000, characters), slots);
        for (int slot = 1; slot <= 11; slot++) {
            Captures.put(entry, plan.variablePointee(slot), "text " + slot);
        }
        HeardValues heard = new HeardValues();
        new ValueDecoder(
                        CaptureLimits.DEFAULT, (pid, address, stack) -> MemoryProbe.Presence.MAPPED, FunctionNames.NONE)
                .arguments(plan, entry, Captures.process(1), heard);
        assertThat(heard.values.remove(0)).matches("(?s)L?\".*");
        return heard;
    }

    @Test
    void eachConversionTakesTheArgumentThatPrintfTakes() throws IOException, InterruptedException {
        List<String> lines = print();
        assertThat(lines).hasSameSizeAs(FORMATS);
        for (int i = 0; i < FORMATS.size(); i++) {
            String format = FORMATS.get(i);
            HeardValues heard =
                    decode(FormatType.PRINTF, format, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111);
            assertThat(heard.values).as(format).isEqualTo(expected(format, lines.get(i)));
        }
    }

    /** What was printed for each conversion, as a plain number; a width or precision comes before its conversion. */
    private static List<String> expected(String format, String line) {
        List<String> values = new ArrayList<>();
        String[] conversions = format.trim().split(" ", -1);
        String[] printed = line.trim().split(" +", -1);
        int next = 101;
        for (int i = 0; i < conversions.length; i++) {
            String conversion = conversions[i];
            if (conversion.indexOf('%') < 0 || conversion.matches("%[%m]|100%%")) {
                // %m prints words; what follows is counted from the end.
                continue;
            }
            for (int star = conversion.indexOf('*'); star >= 0; star = conversion.indexOf('*', star + 1)) {
                values.add(Integer.toString(next++));
            }
            String shown = printed[printed.length - conversions.length + i];
            if (conversion.matches(".*[aAeEfFgG]")) {
                values.add("?");
            } else {
                values.add(plain(conversion, shown.replaceAll("[|%+]", "")));
            }
        }
        return values;
    }

    private static String plain(String conversion, String shown) {
        if (conversion.endsWith("c")) {
            return Integer.toString(shown.charAt(0));
        }
        if (conversion.endsWith("p")) {
            return shown;
        }
        int base = conversion.matches(".*[xX]") ? 16 : conversion.endsWith("o") ? 8 : 10;
        return Long.toString(Long.parseLong(shown.replaceFirst("^0x", ""), base));
    }

    private List<String> print() throws IOException, InterruptedException {
        Path source = Files.writeString(directory.resolve("print.c"), PRINTER);
        Path program = directory.resolve("print");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-O1", "-o", program.toString(), source.toString())
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "there is no C compiler");
            return List.of();
        }
        String messages = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(compiler.waitFor()).as(messages).isZero();
        List<String> command = new ArrayList<>(FORMATS);
        command.add(0, program.toString());
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        Process printer = builder.start();
        List<String> lines = new String(printer.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                .lines()
                .toList();
        assertThat(printer.waitFor()).isZero();
        return lines;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            %s %d       | "text 1" 102
            %d %s       | 101 "text 2"
            %.*s        | 101 "text 2"
            %10.5s      | "text "
            %.6s %d     | "text 1" 102
            %.0s %.s    | "" ""
            %.200s      | "text 1"
            %10s        | "text 1"
            %n %d       | 0x65 102
            %lc %C      | 101 102
            %f %s       | ? "text 1"
            """)
    void pointersAreFollowedWhereTheyAreText(String format, String expected) {
        assertThat(String.join(" ", decode(FormatType.PRINTF, format, 101, 102, 103).values))
                .isEqualTo(expected);
    }

    /** What does not end at a zero need not be there beyond the precision (printf(3), "Precision"). */
    @ParameterizedTest
    @CsvSource({"0, ''", "4, text", "6, text 2", "7, text 2", "-1, text 2", "-2147483648, text 2", "4294967300, text"})
    void aPrecisionLimitsAString(long precision, String expected) {
        assertThat(decode(FormatType.PRINTF, "%.*s", precision, 102).values)
                .containsExactly(Integer.toString((int) precision), '"' + expected + '"');
        assertThat(decode(FormatType.PRINTF, "%*s", precision, 102).values)
                .containsExactly(Integer.toString((int) precision), "\"text 2\"");
    }

    @Test
    void valuesAreCutToTheirTypeAndHaveItsSign() {
        long garbage = 0xdeadbeef_fffffffeL;
        assertThat(decode(FormatType.PRINTF, "%d %u %hd %hu %hhd", garbage, garbage, garbage, garbage, garbage).values)
                .containsExactly("-2", "4294967294", "-2", "65534", "-2");
        assertThat(decode(FormatType.PRINTF, "%ld %lu", -2, -2).values).containsExactly("-2", "18446744073709551614");
        assertThat(decode(FormatType.PRINTF, "%s", 0).values).containsExactly("nil");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            %1$d %2$d   | ?
            %d %1$d     | 101 ?
            %d %y %d    | 101 ?
            """)
    void whatIsNotUnderstoodIsToldAsUnknown(String format, String expected) {
        assertThat(String.join(" ", decode(FormatType.PRINTF, format, 101, 102).values))
                .isEqualTo(expected);
    }

    @Test
    void aFormatThatIsCutShortMayHaveMoreArguments() {
        HeardValues heard = decode(FormatType.PRINTF, "%d" + " ".repeat(1000) + "%d", 101, 102);
        assertThat(heard.values).containsExactly("101", "?");
    }

    @Test
    void argumentsBeyondWhatIsCapturedAreUnknown() {
        HeardValues heard = decode(FormatType.PRINTF, "%d".repeat(40), 101, 102);
        assertThat(heard.values).hasSize(40).endsWith("?");
        assertThat(heard.arguments()).isEqualTo(41);
    }

    /** scanf(3) stores through a pointer for each conversion that is not suppressed. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            %d          | 1
            %d %d       | 2
            %*d %d      | 1
            %5s         | 1
            %ms %d      | 2
            %[a-z] %d   | 2
            %[^]] %d    | 2
            %[]%d] %d   | 2
            %[^%] %d    | 2
            %*[%d] %d   | 1
            %%          | 0
            %n          | 1
            %ld %hhd    | 2
            %Lf %lf     | 2
            %3c         | 1
            %[          | 1
            x           | 0
            """)
    void scanfTakesAPointerForEachConversion(String format, int count) {
        HeardValues heard = decode(FormatType.SCANF, format, 101, 102, 103);
        List<String> expected = List.of("0x65", "0x66", "0x67").subList(0, count);
        assertThat(heard.values).startsWith(expected.toArray(String[]::new));
        assertThat(heard.values.subList(count, heard.values.size()))
                .as("nothing is made up")
                .isSubsetOf("?");
    }

    @Test
    void aWideFormatHasTheSameConversions() {
        FormatType wide = new FormatType(FormatType.Language.PRINTF, 4);
        assertThat(decode(wide, "%d %ld\u20ac %s", 101, 102, 103).values).containsExactly("101", "102", "\"text 3\"");
        assertThat(decode(wide, "%d" + " ".repeat(100) + "%d", 101, 102).values).containsExactly("101", "?");
    }

    @Test
    void wideStringsAreReadAsFarAsThereIsRoom() {
        ArgumentPlan plan = plan(FormatType.PRINTF);
        FakeMemory memory = new FakeMemory().text(0x1000, "%ls %S");
        memory.put(0x2000, "wide\0".getBytes(Charset.forName("UTF-32LE")));
        memory.put(0x3000, "0123456789ABCDEF\0".getBytes(Charset.forName("UTF-32LE")));
        HeardValues heard = new HeardValues();
        new ValueDecoder(
                        CaptureLimits.DEFAULT, (pid, address, stack) -> MemoryProbe.Presence.MAPPED, FunctionNames.NONE)
                .arguments(plan, Captures.entry(plan, memory, 0x1000, 0x2000, 0x3000), Captures.process(1), heard);
        assertThat(heard.values).containsExactly("\"%ls %S\"", "L\"wide\"", "L\"0123456789\"...");
    }
}
