package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectImage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where calls are seen; objdump knows the stubs, and readelf how else a program has functions' addresses. */
class CallPlacesTest {
    private static final TraceSelection DEFAULT =
            new TraceSelection(List.of(), Optional.empty(), Optional.empty(), List.of(), true);

    /** The addresses of PLT stubs by the names of what they lead to, as objdump sees them. */
    private static Map<String, Long> stubs(String file) throws IOException, InterruptedException {
        Map<String, Long> stubs = new HashMap<>();
        Pattern label = Pattern.compile("([0-9a-f]+) <(\\w+)@plt>:");
        for (String line : FixtureProgram.lines("objdump", "-d", file)) {
            Matcher matcher = label.matcher(line);
            if (matcher.matches()) {
                stubs.put(matcher.group(2), Long.parseLong(matcher.group(1), 16));
            }
        }
        return stubs;
    }

    /** The types of the relocations for each symbol, as readelf sees them. */
    private static Map<String, Set<String>> relocations(String file) throws IOException, InterruptedException {
        Map<String, Set<String>> types = new HashMap<>();
        for (String line : FixtureProgram.lines("readelf", "-rW", file)) {
            String[] words = line.trim().split(" +", -1);
            if (words.length >= 5 && words[2].startsWith("R_X86_64_")) {
                types.computeIfAbsent(words[4].replaceFirst("@.*", ""), name -> new TreeSet<>())
                        .add(words[2]);
            }
        }
        return types;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"five-lazy", "five-now", "five-ibtplt", "five-nopie", "five-noplt", "callbacks", "pointers"})
    void callsAreSeenInTheStubsOfAProgramThatKnowsFunctionsBySuchAlone(String name)
            throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram(name);
        ReturnFacts facts = (library, function) -> ReturnFacts.Fact.ORDINARY;
        ProbePlan plan = fixture.plan(fixture.planner(DEFAULT, facts, EntryMode.PLT));
        String file = FixtureProgram.file(name).toString();
        Map<String, Long> stubs = stubs(file);
        Map<String, Set<String>> relocations = relocations(file);

        assertThat(plan.functions()).isNotEmpty().allSatisfy(function -> {
            String called = function.function().name();
            boolean movable = switch (function.function().strategy()) {
                case URETPROBE, SITES, NORETURN -> true;
                default -> false;
            };
            if (movable && Set.of("R_X86_64_JUMP_SLO", "R_X86_64_JUMP_SLOT").containsAll(relocations.get(called))) {
                assertThat(function.codeObject()).as(called).isEqualTo(fixture.program.file());
                assertThat(function.entry().virtualAddress()).as(called).isEqualTo(stubs.get(called));
            } else {
                assertThat(function.codeObject())
                        .as(called)
                        .isEqualTo(function.function().object());
            }
        });
    }

    @Test
    void functionsMoveToStubsAndBackWhenOthersCallThem() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("five-lazy");
        ReturnFacts facts = (library, function) -> ReturnFacts.Fact.ORDINARY;
        ProbePlanner planner = fixture.planner(DEFAULT, facts, EntryMode.AUTO);
        ProbePlan plan = fixture.plan(planner);
        TracedFunction atoi = plan.functions().stream()
                .map(ProbePlan.Function::function)
                .filter(function -> function.name().equals("atoi"))
                .findFirst()
                .orElseThrow();
        assertThat(planner.movable(function -> function == atoi)).containsExactly(atoi);

        List<ProbePoint> moved = new ArrayList<>();
        Set<Integer> number = Set.of(atoi.number());
        planner.addStubs(number, (type, point) -> moved.add(point));
        List<ProbePoint> superfluous = planner.ownPoints(number);
        assertThat(superfluous)
                .isNotEmpty()
                .allMatch(point -> point.object().file().equals(atoi.object()))
                .allMatch(point -> fixture.points.values().stream().anyMatch(all -> all.contains(point)));
        assertThat(moved)
                .hasSameSizeAs(superfluous)
                .allMatch(point -> point.object().equals(fixture.program))
                .extracting(point -> point.site().virtualAddress())
                .containsOnly(stubs(FixtureProgram.file("five-lazy").toString()).get("atoi"));
        assertThat(planner.movable(function -> function == atoi)).containsExactly(atoi);
        planner.leaveOwnPoints(number);
        assertThat(planner.movable(function -> function == atoi)).isEmpty();

        // Another program imports it too.
        FixtureProgram next = new FixtureProgram("five-noplt");
        ObjectImage other = new ObjectImage(
                fixture.objects.add(
                        FileIdentity.of(next.program.path()),
                        next.program.file().path(),
                        true,
                        "five-noplt"),
                next.program.elf(),
                true,
                next.program.path());
        List<ProbePoint> again = new ArrayList<>();
        fixture.image.add(List.of(other));
        ProbePlan second = planner.plan(fixture.image, List.of(other), List.of(), (type, point) -> again.add(point));
        assertThat(second.seenAgain()).isEqualTo(1);
        assertThat(again).containsAll(superfluous);
    }

    /** What may be unwound through has no return probe: in a caller's stub its calls end where objdump sees them return to. */
    @Test
    void callsInStubsEndBehindTheCallInstructions() throws IOException, InterruptedException {
        FixtureProgram fixture = new FixtureProgram("busy");
        ReturnFacts facts = (library, function) -> ReturnFacts.Fact.CALLBACK;
        ProbePlanner planner = fixture.planner(DEFAULT, facts, EntryMode.AUTO);
        TracedFunction callsBack = fixture.plan(planner).functions().stream()
                .map(ProbePlan.Function::function)
                .filter(function -> function.name().equals("calls_back"))
                .findFirst()
                .orElseThrow();
        assertThat(callsBack.strategy()).isEqualTo(ReturnStrategy.SITES);
        List<ProbePoint> moved = new ArrayList<>();
        Set<Integer> number = Set.of(callsBack.number());
        planner.addStubs(number, (type, point) -> moved.add(point));
        String file = FixtureProgram.file("busy").toString();
        List<Long> expected = new ArrayList<>(List.of(stubs(file).get("calls_back")));
        boolean behindCall = false;
        for (String line : FixtureProgram.lines("objdump", "-d", "--no-show-raw-insn", file)) {
            if (behindCall) {
                expected.add(Long.parseLong(line.split(":", 2)[0].trim(), 16));
            }
            behindCall = line.contains("call") && line.endsWith("<calls_back@plt>");
        }

        assertThat(expected).hasSizeGreaterThan(1);
        assertThat(moved)
                .extracting(point -> point.site().virtualAddress())
                .containsExactlyInAnyOrderElementsOf(expected);
        List<ProbePoint> own = planner.ownPoints(number);
        assertThat(own)
                .as("the entry, and where it returns")
                .hasSizeGreaterThan(1)
                .allMatch(point -> point.object().file().name().equals("libbusy.so"));
    }
}
