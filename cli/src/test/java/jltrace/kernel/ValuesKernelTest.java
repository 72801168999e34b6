package jltrace.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Arguments and results of every kind, against what gdb shows at the same breakpoints. */
@OnKernel
class ValuesKernelTest {
    private static final Pattern OWN_LINE = Pattern.compile("[vr]_\\w+\\(.*");
    private static final String TOLD = "values ";

    @Test
    void everyValueIsTheOneThatGdbSees() throws IOException, InterruptedException {
        List<String> told = gdb("values");
        assertThat(told.stream().map(ValuesKernelTest::function).distinct()).hasSizeGreaterThanOrEqualTo(60);

        Jltrace jltrace = Jltrace.of("values")
                .with("-F", Fixtures.ROOT.resolve("fixtures/values.conf").toString());
        jltrace.environment().put("LC_ALL", "C");
        List<String> traced = jltrace.run().lines().stream()
                .filter(line -> OWN_LINE.matcher(line).matches())
                .map(line -> line.startsWith("v_") ? line.replaceFirst(" = <void>$", "") : line)
                .toList();

        assertThat(traced).hasSameSizeAs(told);
        for (int i = 0; i < told.size(); i++) {
            assertThat(traced.get(i)).matches(pattern(told.get(i)));
        }
    }

    @Test
    void everyValueOfACxxProgramIsTheOneThatGdbSees() throws IOException, InterruptedException {
        List<String> told = cxx();
        Jltrace jltrace = Jltrace.of("shop").with("-l", "libshop.so");
        jltrace.environment().put("LC_ALL", "C");
        List<String> traced = cxxCalls(jltrace.run());

        assertThat(told).hasSizeGreaterThan(30);
        assertThat(traced).hasSameSizeAs(told);
        for (int i = 0; i < told.size(); i++) {
            assertThat(traced.get(i)).matches(pattern(told.get(i)));
        }
    }

    @Test
    void cxxNamesAreShownAndMatchedAsTheSourceHasThem() throws IOException, InterruptedException {
        List<String> symbols = cxx().stream().map(ValuesKernelTest::function).toList();
        List<String> names = demangled(symbols);
        Jltrace jltrace = Jltrace.of("shop").with("-C", "-e", "shop::*");
        List<String> traced = cxxCalls(jltrace.run());

        assertThat(traced).hasSameSizeAs(names);
        for (int i = 0; i < names.size(); i++) {
            assertThat(traced.get(i)).startsWith(names.get(i) + "(");
        }
        assertThat(traced)
                .anyMatch(
                        line -> line.contains("{ function=shop::Basket::add(double), adjustment=0 }, 4, twice(int))"));
        assertThat(Jltrace.of("shop")
                        .with("--demangle", "-c", "-e", "shop::sum(*")
                        .run()
                        .trace())
                .contains(" 1 shop::sum(std::vector<int, std::allocator<int> > const&)\n")
                .doesNotContain("Basket");
    }

    private static List<String> cxxCalls(TraceRun run) {
        return run.lines().stream()
                .filter(line -> line.startsWith("shop->"))
                .map(line -> line.substring("shop->".length()))
                .toList();
    }

    /** Of the two names of a constructor or destructor whose code is the same, gdb tells that for a base, callers import the other. */
    private static List<String> cxx() throws IOException, InterruptedException {
        return gdb("shop").stream()
                .map(line -> line.replaceFirst("^(_ZN4shop6Basket[CD])2E", "$1" + "1E"))
                .toList();
    }

    private static List<String> demangled(List<String> symbols) throws IOException {
        Process filter = new ProcessBuilder("c++filt").start();
        try (Writer input = filter.outputWriter()) {
            input.write(String.join("\n", symbols));
        }
        return new String(filter.getInputStream().readAllBytes(), ISO_8859_1)
                .lines()
                .toList();
    }

    @Test
    void theLimitsAreOptions() throws IOException, InterruptedException {
        Jltrace jltrace = Jltrace.of("values")
                .with("-F", Fixtures.ROOT.resolve("fixtures/values.conf").toString())
                .with("-A", "2", "-s", "3");
        List<String> lines = jltrace.run().lines();
        assertThat(lines)
                .contains("v_ints([ 1, 2... ], 6) = <void>")
                .contains("v_node({ value=1, next={ value=2, next=... } }) = <void>")
                .contains("v_string(\"hel\"...) = <void>")
                .contains("v_argv([ \"pro\"..., \"arg\" ]) = <void>")
                .contains("v_wide(L\"8 c\"...) = <void>");
        List<String> all = Jltrace.of("values")
                .with("-F", Fixtures.ROOT.resolve("fixtures/values.conf").toString())
                .with("-A", "10", "-s", "60")
                .run()
                .lines();
        assertThat(all)
                .contains("v_ints([ 1, 2, 3, 4, 5, 6 ], 6) = <void>")
                .contains("v_argv([ \"prog\", \"a\", \"b\", \"c\", \"d\", \"e\" ]) = <void>")
                .contains("v_wide(L\"this one is longer than 32 characters\") = <void>");
    }

    private static String function(String line) {
        return line.substring(0, line.indexOf('('));
    }

    private static Pattern pattern(String line) {
        return Pattern.compile(
                Stream.of(line.split("ADDRESS", -1)).map(Pattern::quote).collect(Collectors.joining("0x[0-9a-f]+")));
    }

    private static List<String> gdb(String program) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("gdb", "-q", "-batch", "-nx", "-x"));
        command.add(Fixtures.ROOT.resolve("fixtures/oracle/" + program + ".py").toString());
        command.add(Fixtures.program(program));
        Process gdb = new ProcessBuilder(command)
                .directory(Fixtures.BUILD.toFile())
                .redirectErrorStream(true)
                .start();
        gdb.getOutputStream().close();
        String output = new String(gdb.getInputStream().readAllBytes(), ISO_8859_1);
        assertThat(gdb.waitFor()).isZero();
        assertThat(output).doesNotContain("Exception").doesNotContain("Error");
        return output.lines()
                .filter(line -> line.startsWith(TOLD))
                .map(line -> line.substring(TOLD.length()))
                .toList();
    }
}
