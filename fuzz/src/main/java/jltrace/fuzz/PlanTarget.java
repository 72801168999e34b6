package jltrace.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jltrace.FunctionSymbols;
import jltrace.bytes.ByteSource;
import jltrace.cache.BuildCache;
import jltrace.cache.ObjectFacts;
import jltrace.code.UprobeRules;
import jltrace.elf.DebugFiles;
import jltrace.elf.ElfException;
import jltrace.elf.ElfFile;
import jltrace.plan.CaptureLimits;
import jltrace.plan.DebugSignatures;
import jltrace.plan.EntryMode;
import jltrace.plan.FilterExpression;
import jltrace.plan.FilterSyntaxException;
import jltrace.plan.ProbePlan;
import jltrace.plan.ProbePlanner;
import jltrace.plan.ProbeTable;
import jltrace.plan.ReturnFacts;
import jltrace.plan.ReturnMode;
import jltrace.plan.TraceSelection;
import jltrace.prototype.Prototypes;
import jltrace.target.AddressSpace;
import jltrace.target.Damages;
import jltrace.target.FileIdentity;
import jltrace.target.ObjectImage;
import jltrace.target.ObjectTable;
import jltrace.target.ProcessImage;

/** Plans the probes of a good program whose library is hostile; that must come to an end, with probes or without. */
final class PlanTarget implements Target {
    private final List<ElfSeed> seeds = new ArrayList<>();
    private final ElfSeed program;
    private final DebugFiles files;

    PlanTarget(Path folder) {
        seeds.addAll(Seeds.objects(folder));
        program = seeds.stream()
                .filter(seed -> seed.name().equals("program"))
                .findFirst()
                .orElseThrow();
        seeds.addAll(Seeds.debugInformation(folder));
        files = new DebugFiles(folder);
    }

    @Override
    public List<byte[]> seeds() {
        return Target.ofFiles(seeds);
    }

    @Override
    public void read(byte[] data) {
        byte[] bytes = ElfSeed.file(seeds, data);
        ElfFile hostile;
        try {
            hostile = ElfFile.parse(ByteSource.of(bytes), "hostile");
        } catch (ElfException e) {
            Target.expected(e);
            return;
        }
        Cost.check(bytes.length, () -> plan(hostile));
    }

    private void plan(ElfFile hostile) {
        ObjectTable objects = new ObjectTable();
        ProcessImage image = new ProcessImage();
        ElfFile good = ElfFile.parse(ByteSource.of(program.bytes()), program.name());
        ObjectImage library = new ObjectImage(
                objects.add(new FileIdentity(1, 2), "/hostile", false, "hostile"), hostile, true, Path.of("/hostile"));
        image.add(List.of(
                new ObjectImage(
                        objects.add(new FileIdentity(1, 1), "/program", true, "program"),
                        good,
                        true,
                        Path.of("/program")),
                library));
        AddressSpace space = new AddressSpace();
        space.map(0x7f00_0000_1000L, 0x7f00_0010_0000L, 0x1000, library.file().number());
        new FunctionSymbols(objects, files).at(space, 0x7f00_0000_1100L);
        ReturnFacts facts = (name, function) -> ReturnFacts.Fact.UNKNOWN;
        ProbePlanner planner = new ProbePlanner(
                everything(),
                new Prototypes(List.of()),
                facts,
                EntryMode.PLT,
                ReturnMode.AUTO,
                UprobeRules.ofRelease(6, 1),
                CaptureLimits.DEFAULT,
                new ProbeTable(),
                files,
                new DebugSignatures(files, BuildCache.none()),
                ObjectFacts.none(),
                new Damages());
        try {
            ProbePlan plan = planner.plan(image, image.objects(), List.of(library), (type, point) -> {});
            for (ProbePlan.Function function : plan.functions()) {
                planner.callers().callerAt(library.file().number(), 0x1100, function.function());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TraceSelection everything() {
        try {
            Optional<FilterExpression> all = Optional.of(FilterExpression.parse("*"));
            return new TraceSelection(List.of(), Optional.empty(), all, List.of(), true);
        } catch (FilterSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
