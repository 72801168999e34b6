package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jltrace.cache.ObjectFacts;
import jltrace.code.UprobeRules;
import jltrace.elf.Import;
import jltrace.target.Damages;
import jltrace.target.ObjectImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which functions are probed and where; nm, readelf and objdump know what is in the files. */
class ProbePlannerTest {
    private static final TraceSelection DEFAULT =
            new TraceSelection(List.of(), Optional.empty(), Optional.empty(), List.of(), true);

    private static TraceSelection libraries(String... patterns) {
        return new TraceSelection(
                Stream.of(patterns).map(LibraryPattern::of).toList(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                true);
    }

    private static TraceSelection calls(String expression) throws FilterSyntaxException {
        return new TraceSelection(
                List.of(), Optional.of(FilterExpression.parse(expression)), Optional.empty(), List.of(), true);
    }

    private static TraceSelection symbols(String expression) throws FilterSyntaxException {
        return new TraceSelection(
                List.of(), Optional.empty(), Optional.of(FilterExpression.parse(expression)), List.of(), false);
    }

    /** The names of undefined symbols, without versions; nm marks weak ones by a w. */
    private static Set<String> undefined(String file) throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        for (String line : FixtureProgram.lines("nm", "-D", "--undefined-only", file)) {
            String[] words = line.trim().split(" +", -1);
            names.add(words[1].replaceFirst("@.*", ""));
        }
        // Weak symbols that nothing defines: the compiler's start-up files ask for them.
        names.removeAll(Set.of("__gmon_start__", "_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable"));
        return names;
    }

    /** The names under which an object knows what is planned, the unprobed included. */
    private static Set<String> plannedFor(ObjectImage caller, ProbePlan plan) {
        Set<String> names = new TreeSet<>();
        for (ProbePlan.Function function : plan.functions()) {
            List<String> imported =
                    function.function().importedNames(caller.file().number());
            names.addAll(imported);
        }
        for (Unprobed unprobed : plan.unprobed()) {
            names.add(unprobed.name());
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "five-lazy",
                "five-now",
                "five-ibtplt",
                "five-noplt",
                "five-nopie",
                "five-stripped",
                "five-nosections",
                "five-gold"
            })
    void byDefaultWhatTheProgramImportsIsProbedWhateverItsLayout(String name) throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram(name);
        ProbePlan plan = fixture.plan(DEFAULT);
        // nm needs section headers.
        String readable = FixtureProgram.file(name.equals("five-nosections") ? "five-lazy" : name)
                .toString();
        assertThat(plannedFor(fixture.program, plan)).isEqualTo(undefined(readable));
        assertThat(plan.functions())
                .noneMatch(function -> function.function().object().program());
    }

    @Test
    void aFunctionIsPlannedWhereItsLibraryDefinesIt() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        ObjectImage library = fixture.object("libcalls.so.1");
        Map<String, Long> defined = defined(library);
        Set<Long> instructions = instructions(library);
        ProbePlan plan = fixture.plan(libraries("libcalls.so.1"));
        assertThat(plan.functions()).isNotEmpty();
        for (ProbePlan.Function function : plan.functions()) {
            String name = function.function().name();
            if (name.equals("chosen")) {
                continue; // Defined is only what chooses it.
            }
            long start = Objects.requireNonNull(defined.get(name), name);
            assertThat(function.function().object()).isEqualTo(library.file());
            assertThat(function.entry().virtualAddress()).as(name).isBetween(start, start + 32);
            assertThat(instructions).as(name).contains(function.entry().virtualAddress());
        }
    }

    @Test
    void allThatAResolverMayChooseIsPlannedUnderTheNameOfItsIfunc() throws Exception {
        FixtureProgram fixture = new FixtureProgram("five-noplt");
        ObjectImage library = fixture.object("libcalls.so.1");
        List<Long> choices = FixtureProgram.lines("nm", library.path().toString()).stream()
                .filter(line -> line.contains(" t chosen_"))
                .map(line -> Long.parseLong(line.split(" ", 2)[0], 16))
                .toList();

        ProbePlan plan = fixture.plan(calls("chosen"));

        assertThat(choices).hasSize(2);
        assertThat(plan.unprobed()).isEmpty();
        assertThat(plan.functions())
                .extracting(function -> function.entry().virtualAddress())
                .containsExactlyInAnyOrderElementsOf(choices);
        assertThat(plan.functions()).allMatch(one -> one.function().name().equals("chosen"));
    }

    /** Default versions only: {@code name@@VERSION}. */
    private static Map<String, Long> defined(ObjectImage object) throws IOException, InterruptedException {
        Map<String, Long> addresses = new TreeMap<>();
        for (String line :
                FixtureProgram.lines("nm", "-D", "--defined-only", object.path().toString())) {
            Matcher matcher =
                    Pattern.compile("([0-9a-f]+) [TWi] (\\w+)(@@\\w+)?").matcher(line);
            if (matcher.matches()) {
                addresses.put(matcher.group(2), Long.parseLong(matcher.group(1), 16));
            }
        }
        return addresses;
    }

    private static Set<Long> instructions(ObjectImage object) throws IOException, InterruptedException {
        return FixtureProgram.lines(
                        "objdump", "-d", "--no-show-raw-insn", object.path().toString())
                .stream()
                .map(line -> Pattern.compile(" +([0-9a-f]+):\t.*").matcher(line))
                .filter(Matcher::matches)
                .map(matcher -> Long.parseLong(matcher.group(1), 16))
                .collect(Collectors.toSet());
    }

    @Test
    void pointsAreAtFileOffsetsOfInstructions() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        ObjectImage library = fixture.object("libcalls.so.1");
        // LOAD off 0x1000 vaddr 0x1000 ... R E
        long difference = FixtureProgram.lines("readelf", "-lW", library.path().toString()).stream()
                .map(line ->
                        Pattern.compile(" +LOAD +0x(\\w+) 0x(\\w+) .* R E .*").matcher(line))
                .filter(Matcher::matches)
                .map(matcher -> Long.parseLong(matcher.group(1), 16) - Long.parseLong(matcher.group(2), 16))
                .findFirst()
                .orElseThrow();
        Set<Long> instructions = instructions(library);
        ReturnFacts unknown = (soname, function) -> ReturnFacts.Fact.CALLBACK;
        ProbePlan plan = fixture.plan(libraries("libcalls.so.1"), unknown);
        List<ProbePoint> points =
                fixture.points.values().stream().flatMap(List::stream).toList();
        assertThat(plan.points()).isEqualTo(points.size());
        assertThat(points).hasSizeGreaterThan(10).allSatisfy(point -> {
            assertThat(instructions).contains(point.fileOffset() - difference);
            assertThat(point.fileOffset() - difference).isEqualTo(point.site().virtualAddress());
        });
    }

    @Test
    void returnInstructionsAreThoseThatObjdumpShows() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("exits");
        ObjectImage library = fixture.object("libcalls.so.1");
        List<String> code = FixtureProgram.lines(
                "objdump", "-d", "--no-show-raw-insn", library.path().toString());
        Set<Long> returns = code.stream()
                // exits_pop has popped the return address into rcx.
                .map(line -> Pattern.compile(" +([0-9a-f]+):\t(?:(?:bnd |rep(?:z)? )*ret.*|jmp +\\*%rcx)")
                        .matcher(line))
                .filter(Matcher::matches)
                .map(matcher -> Long.parseLong(matcher.group(1), 16))
                .collect(Collectors.toSet());
        fixture.plan(libraries("libcalls.so.1"), (soname, function) -> ReturnFacts.Fact.CALLBACK);
        List<Long> exits = new ArrayList<>();
        fixture.points.forEach((type, points) -> {
            for (ProbePoint point : points) {
                if (type.stop() != EventType.Stop.RETURN && kind(point) == EventLayout.Kind.EXIT) {
                    exits.add(point.site().virtualAddress());
                }
            }
        });
        assertThat(exits).isNotEmpty().doesNotHaveDuplicates().isSubsetOf(returns);
    }

    /** What reaching a point means: the topmost four bits of its number. */
    private static EventLayout.Kind kind(ProbePoint point) {
        Matcher number = Pattern.compile("id=\\\\(\\d+):u32 .*").matcher(point.fetchArguments());
        assertThat(number.matches()).isTrue();
        return List.of(
                        EventLayout.Kind.ENTRY,
                        EventLayout.Kind.EXIT,
                        EventLayout.Kind.LEAVE,
                        EventLayout.Kind.TAIL_CALL,
                        EventLayout.Kind.STATUS)
                .get(Integer.parseInt(number.group(1)) >>> 28);
    }

    @Test
    void whereAFunctionBeginsItsEntryIsSeenFirst() throws IOException {
        FixtureProgram fixture = new FixtureProgram("exits");
        fixture.plan(libraries("libcalls.so.1"), (soname, function) -> ReturnFacts.Fact.CALLBACK);
        Set<Long> entries = new HashSet<>();
        fixture.points.values().stream()
                .flatMap(List::stream)
                .filter(point -> kind(point) == EventLayout.Kind.ENTRY)
                .forEach(point -> entries.add(point.fileOffset()));
        List<EventType.Stop> behind = new ArrayList<>();
        fixture.points.forEach((type, points) -> {
            for (ProbePoint point : points) {
                boolean within = kind(point) != EventLayout.Kind.ENTRY && type.stop() != EventType.Stop.RETURN;
                boolean entry = within && entries.contains(point.fileOffset());
                assertThat(type.stop() == EventType.Stop.BEHIND_ENTRY).isEqualTo(entry);
                if (entry) {
                    behind.add(type.stop());
                }
            }
        });
        assertThat(behind).isNotEmpty();
    }

    /** Whoever else calls what a function ends in a jump to passes the same PLT stub. */
    @Test
    void whereAFunctionLeavesIsInItsOwnCode() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("tailcalls");
        fixture.plan(libraries("libcalls.so.1"), (soname, function) -> ReturnFacts.Fact.CALLBACK);
        Set<Long> jumps = new HashSet<>();
        String file = FixtureProgram.file("libcalls.so.1").toString();
        for (String line : FixtureProgram.lines("objdump", "-d", "--no-show-raw-insn", file)) {
            if (line.contains("jmp ") && line.endsWith("@plt>")) {
                jumps.add(Long.parseLong(line.split(":", 2)[0].trim(), 16));
            }
        }
        Set<Long> departures = new HashSet<>();
        fixture.points.values().stream()
                .flatMap(List::stream)
                .filter(point -> kind(point) == EventLayout.Kind.LEAVE)
                .forEach(point -> departures.add(point.site().virtualAddress()));

        assertThat(jumps).isNotEmpty();
        assertThat(departures).containsAll(jumps);
        ByteRange stubs = stubs(file);
        assertThat(departures).noneMatch(stubs::contains);
    }

    /** Where a file's PLT is, as readelf sees it. */
    private static ByteRange stubs(String file) throws IOException, InterruptedException {
        for (String line : FixtureProgram.lines("readelf", "-SW", file)) {
            String[] words = line.replaceFirst("^ *\\[ *\\d+\\] *", "").split(" +", -1);
            if (words[0].equals(".plt")) {
                return new ByteRange(Long.parseLong(words[2], 16), Long.parseLong(words[4], 16));
            }
        }
        throw new AssertionError("no .plt");
    }

    private record ByteRange(long start, long length) {
        boolean contains(long address) {
            return address >= start && address < start + length;
        }
    }

    @Test
    void theKernelTakesThePointsOfAnEventTogether() throws IOException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        fixture.plan(DEFAULT);
        assertThat(fixture.points).isNotEmpty();
        for (List<ProbePoint> points : fixture.points.values()) {
            assertThat(points.stream()
                            .map(point -> point.fetchArguments().replaceAll("=[^ ]*:", ":"))
                            .distinct())
                    .as("the kernel wants the same names and types")
                    .hasSize(1);
            assertThat(points.stream().map(point -> point.object() + ":" + point.fileOffset() + point.fetchArguments()))
                    .as("the kernel refuses duplicates")
                    .doesNotHaveDuplicates();
        }
    }

    private static Map<String, ProbePlan.Function> ownFunctions(FixtureProgram fixture, String names)
            throws IOException, FilterSyntaxException {
        TraceSelection selection = new TraceSelection(
                List.of(),
                Optional.empty(),
                Optional.of(FilterExpression.anyOf(List.of(names), UnaryOperator.identity())),
                List.of(),
                false);
        Map<String, ProbePlan.Function> functions = new HashMap<>();
        for (ProbePlan.Function function : fixture.plan(selection, (library, name) -> ReturnFacts.Fact.UNKNOWN)
                .functions()) {
            functions.put(function.function().name(), function);
        }
        return functions;
    }

    @Test
    void whatCallsItselfGetsNoReturnProbe() throws IOException, FilterSyntaxException {
        Map<String, ProbePlan.Function> functions =
                ownFunctions(new FixtureProgram("recursion"), "down+even+odd@recursion");
        assertThat(functions).containsOnlyKeys("down", "even", "odd");
        assertThat(functions.values()).allSatisfy(function -> {
            assertThat(function.function().strategy()).isEqualTo(ReturnStrategy.SITES);
            assertThat(function.reason()).startsWith("calls itself");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"splitstack", "gostack"})
    void whatMayMoveItsStackGetsNoReturnProbe(String program) throws IOException, FilterSyntaxException {
        ProbePlan.Function function =
                ownFunctions(new FixtureProgram(program), "adds_one").get("adds_one");
        assertThat(function).isNotNull().satisfies(planned -> {
            assertThat(planned.function().strategy()).isEqualTo(ReturnStrategy.SITES);
            assertThat(planned.reason()).isEqualTo("its stack may be moved");
        });
    }

    @ParameterizedTest
    @CsvSource({"threadends,false", "cancel,true"})
    void whereThreadsMayBeCancelledAnywhereThereAreNoReturnProbes(String program, boolean probes) throws IOException {
        ProbePlan plan = new FixtureProgram(program).plan(DEFAULT);

        assertThat(plan.functions().stream()
                        .anyMatch(planned -> planned.function().strategy() == ReturnStrategy.URETPROBE))
                .isEqualTo(probes);
    }

    @Test
    void theExitStatusIsSeenOnceInEachCLibrary() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        ProbePlanner planner = fixture.planner(DEFAULT, (soname, function) -> ReturnFacts.Fact.ORDINARY);
        fixture.plan(planner);
        List<ProbePoint> points = new ArrayList<>();
        planner.planExitStatus(fixture.image, (type, point) -> points.add(point));
        planner.planExitStatus(fixture.image, (type, point) -> points.add(point));
        assertThat(points).singleElement().satisfies(point -> {
            assertThat(kind(point)).isEqualTo(EventLayout.Kind.STATUS);
            assertThat(point.fetchArguments()).contains("=%di:u64 ");
            assertThat(FixtureProgram.lines(
                                    "nm",
                                    "-D",
                                    "--defined-only",
                                    point.object().path().toString())
                            .stream()
                            .filter(line -> line.matches(".* T _exit@.*"))
                            .map(line -> Long.parseLong(line.split(" ", 2)[0], 16)))
                    .containsExactly(point.site().virtualAddress());
        });
    }

    @Test
    void anExpressionPicksImportsByNameAndCaller() throws IOException, FilterSyntaxException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        ProbePlan plan = fixture.plan(calls("starts_*+atoi@MAIN"));
        assertThat(plannedFor(fixture.program, plan))
                .containsExactly("atoi", "starts_endbr_push", "starts_push", "starts_sub");
    }

    @Test
    void anExpressionForSymbolsAddsToTheProgramsCalls() throws Exception {
        FixtureProgram fixture = new FixtureProgram("inner");
        ObjectImage program = fixture.object("inner");
        TraceSelection selection = new TraceSelection(
                List.of(), Optional.empty(), Optional.of(FilterExpression.parse("only_inside")), List.of(), true);

        ProbePlan plan = fixture.plan(selection);

        Set<String> expected = undefined(program.path().toString());
        expected.add("only_inside");
        assertThat(plan.functions().stream().map(one -> one.function().name()).collect(Collectors.toSet()))
                .containsAll(expected);
        assertThat(plannedFor(program, plan)).isEqualTo(undefined(program.path().toString()));
    }

    @Test
    void anExpressionForSymbolsPicksFunctionsThatNobodyImports() throws Exception {
        FixtureProgram fixture = new FixtureProgram("inner");
        ObjectImage library = fixture.object("libcalls.so.1");
        ProbePlan plan = fixture.plan(symbols("starts_*@libcalls.so.1"));
        Set<Long> expected = new TreeSet<>();
        defined(library).forEach((name, address) -> {
            if (name.startsWith("starts_")) {
                expected.add(address);
            }
        });
        int refused = plan.unprobed().size();
        assertThat(expected).hasSizeGreaterThan(5);
        assertThat(plan.functions()).hasSize(expected.size() - refused);
        assertThat(plan.functions()).allMatch(function -> function.function().shownForAnyCaller());
        assertThat(plan.functions())
                .allMatch(function -> function.function().name().startsWith("starts_"));
    }

    @Test
    void anAddressWithSeveralNamesIsOneFunctionUnderTheImportedName() throws IOException {
        FixtureProgram fixture = new FixtureProgram("onealias");
        ProbePlan plan = fixture.plan(libraries("libcalls.so.1"));
        assertThat(plannedFor(fixture.program, plan)).contains("alias_two").doesNotContain("alias_one");
        assertThat(plan.functions().stream()
                        .map(function -> function.entry().virtualAddress() + "@"
                                + function.function().object().number()))
                .doesNotHaveDuplicates();
    }

    @Test
    void aFunctionWithDebugInformationHasTheSignatureThatTheSourceGivesIt() throws Exception {
        FixtureProgram fixture = new FixtureProgram("integers");

        ProbePlan plan = fixture.plan(calls("take_char+take_unsigned_short+take_long"));

        // fixtures/lib/calls/calls.h
        assertThat(plan.functions())
                .extracting(one -> one.function().signature().toString())
                .containsExactlyInAnyOrder(
                        "char take_char(char c)", "ushort take_unsigned_short(ushort n)", "long take_long(long n)");
        assertThat(plan.functions())
                .extracting(one -> one.signatureSource().toString())
                .containsOnly("debug information");
    }

    @Test
    void whatWasPlannedIsNotPlannedAgain() throws IOException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        ProbePlanner planner = fixture.planner(DEFAULT, (library, function) -> ReturnFacts.Fact.ORDINARY);
        assertThat(fixture.plan(planner).points()).isPositive();
        ProbePlan again = fixture.plan(planner);
        assertThat(again.points()).isZero();
        assertThat(again.functions()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"five-lazy", "five-ibtplt", "five-noplt", "five-nopie", "five-nosections"})
    void theImportThatIsCalledIsReadFromTheCallInstruction(String name) throws IOException, InterruptedException {
        ObjectImage program = new FixtureProgram(name).program;
        ObjectCode code = new ObjectCode(program, UprobeRules.ofRelease(6, 1), ObjectFacts.none(), new Damages());
        // The same code with section headers, where objdump needs them.
        String readable = FixtureProgram.file(name.equals("five-nosections") ? "five-lazy" : name)
                .toString();
        List<String> lines = FixtureProgram.lines("objdump", "-d", "--no-show-raw-insn", readable);
        Pattern instruction = Pattern.compile(" +([0-9a-f]+):\t(.*)");
        int calls = 0;
        for (int i = 0; i + 1 < lines.size(); i++) {
            Matcher call = instruction.matcher(lines.get(i));
            Matcher next = instruction.matcher(lines.get(i + 1));
            if (!call.matches() || !next.matches()) {
                continue;
            }
            Import called = code.importCalledBefore(Long.parseLong(next.group(1), 16));
            Matcher imported = Pattern.compile("(?:bnd )?call .*<(\\w+)(?:@plt|@\\w[\\w.]*)>")
                    .matcher(call.group(2));
            if (imported.matches() && imported.group(1).equals("__cxa_finalize")) {
                // In start-up code, of which no table tells where its instructions begin.
                continue;
            }
            if (imported.matches()) {
                calls++;
                assertThat(Objects.requireNonNull(called, lines.get(i)).name())
                        .as(lines.get(i))
                        .isEqualTo(imported.group(1));
            } else if (call.group(2).startsWith("call")) {
                assertThat(called).as(lines.get(i)).isNull();
            }
        }
        assertThat(calls).isGreaterThan(15);
    }
}
