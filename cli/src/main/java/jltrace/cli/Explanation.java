package jltrace.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jltrace.cli.output.EscapingWriter;
import jltrace.cli.output.SymbolNames;
import jltrace.plan.ProbePlan;
import jltrace.plan.Unprobed;

/** Tells what would be probed, where, at what cost, and why not ({@code --explain}). */
final class Explanation {
    private final List<ProbePlan> plans;
    private final SymbolNames names;

    Explanation(List<ProbePlan> plans, SymbolNames names) {
        this.plans = plans;
        this.names = names;
    }

    void print(OutputStream stream) {
        PrintWriter out = new PrintWriter(new EscapingWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8)));
        int functions = 0;
        int points = 0;
        int unprobed = 0;
        for (ProbePlan plan : plans) {
            for (ProbePlan.Function function : plan.functions()) {
                functions++;
                out.println(line(function));
            }
            points += plan.points();
            for (Unprobed missing : plan.unprobed()) {
                unprobed++;
                out.println(missing.object().name() + ": " + names.of(missing.name()) + ": not traced: "
                        + missing.reason());
            }
        }
        out.println(functions + " functions, " + points + " probe points; " + unprobed + " can't be traced");
        out.flush();
    }

    private String line(ProbePlan.Function function) {
        var traced = function.function();
        String entry = switch (function.entry().uprobeClass()) {
            case EMULATED -> "emulated";
            case SINGLE_STEPPED -> "single-stepped";
            case REFUSED -> "refused";
        };
        String end = switch (traced.strategy()) {
            case URETPROBE -> "uretprobe";
            case SITES ->
                function.exits()
                        + (function.behindCalls() ? " return site" : " exit site")
                        + (function.exits() == 1 ? "" : "s");
            case NONE -> "return not seen";
            case NORETURN, LONGJMP, THROW -> "no return";
        };
        String place = function.codeObject().number() == traced.object().number()
                ? ": entry 0x"
                : ": stub of " + function.codeObject().name() + " 0x";
        return traced.object().name() + ": " + names.of(traced.name()) + place
                + Long.toHexString(function.entry().virtualAddress()) + " " + entry + "; " + end + " ("
                + function.reason() + "); " + function.traps() + (function.traps() == 1 ? " trap" : " traps")
                + " a call; prototype: " + function.signatureSource();
    }
}
