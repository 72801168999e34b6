package jltrace.plan;

import java.util.Set;

/** Interim. */
public final class ReturnFactsFile implements ReturnFacts {
    private static final Set<String> NORETURN = Set.of(
            "exit",
            "_exit",
            "abort",
            "longjmp",
            "_longjmp",
            "siglongjmp",
            "__longjmp_chk",
            "__libc_start_main",
            "pthread_exit",
            "__stack_chk_fail",
            "__assert_fail",
            "err",
            "errx");
    private static final Set<String> TWICE =
            Set.of("setjmp", "_setjmp", "__sigsetjmp", "sigsetjmp", "vfork", "getcontext", "swapcontext", "setcontext");
    private static final Set<String> CALLBACK = Set.of("qsort", "bsearch", "qsort_r");

    @Override
    public Fact of(String library, String function) {
        if (!library.startsWith("libc.so") && !library.startsWith("libm.so")) {
            return Fact.UNKNOWN;
        }
        return NORETURN.contains(function)
                ? Fact.NORETURN
                : TWICE.contains(function)
                        ? Fact.RETURNS_TWICE
                        : CALLBACK.contains(function) ? Fact.CALLBACK : Fact.ORDINARY;
    }
}
