package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds returns.conf against the attributes that the system's headers give to functions, and against POSIX. */
class ReturnBehavioursTest {

    private static final String LIBC = "libc.so.6";

    /** pthreads(7): the functions that POSIX requires to be cancellation points, as far as glibc has them. */
    private static final Set<String> CANCELLATION_POINTS_OF_POSIX = words("""
            accept aio_suspend clock_nanosleep close connect creat fcntl fdatasync fsync lockf mq_receive mq_send mq_timedreceive
            mq_timedsend msgrcv msgsnd msync nanosleep open openat pause poll pread pselect pthread_cond_timedwait
            pthread_cond_wait pthread_join pthread_testcancel pwrite read readv recv recvfrom recvmsg select sem_timedwait sem_wait
            send sendmsg sendto sigpause sigsuspend sigtimedwait sigwait sigwaitinfo sleep system tcdrain usleep wait waitid
            waitpid write writev
            """);

    /** Functions that keep the function they are given, for others to call. */
    private static final Set<String> KEEP_A_FUNCTION = words("""
            __cxa_at_quick_exit __cxa_atexit __cxa_thread_atexit_impl __register_atfork __sysv_signal at_quick_exit mcheck
            mcheck_pedantic on_exit pthread_atfork pthread_create pthread_key_create register_printf_function
            register_printf_specifier register_printf_type signal sigset ssignal sysv_signal thrd_create tss_create
            """);

    /**
     * Functions that the headers do not declare nothrow, but that run nothing but glibc's own code and enable no cancellation, as a
     * look at the machine code of glibc 2.36 showed: no call leads from them to __pthread_enable_asynccancel, except through a
     * failed assertion or a lock that is not cancellable.
     */
    private static final Set<String> ORDINARY_THOUGH_NOT_NOTHROW = words("""
            __cyg_profile_func_enter __cyg_profile_func_exit __fdelt_chk __fdelt_warn __pthread_register_cancel __pthread_register_cancel_defer __pthread_unregister_cancel
            __pthread_unregister_cancel_restore __res_state _obstack_memory_used argz_replace closedir cnd_broadcast cnd_destroy
            cnd_init cnd_signal endutxent fdopendir fnmatch ftime getentropy getutmp getutmpx getutxent getutxid getutxline iconv
            mtx_destroy mtx_init mtx_lock mtx_timedlock mtx_trylock mtx_unlock nl_langinfo_l opendir pthread_attr_getsigmask_np
            pthread_attr_setsigmask_np pututxline re_compile_fastmap re_compile_pattern re_match re_match_2 re_search re_search_2
            re_set_registers re_set_syntax readdir readdir64 readdir64_r readdir_r regcomp regerror regexec regfree setutxent
            sgetsgent sgetsgent_r sgetspent sgetspent_r shm_open shm_unlink thrd_create thrd_current thrd_detach thrd_equal
            thrd_yield tss_create tss_delete tss_get tss_set updwtmpx utmpxname
            """);

    /** Functions that glibc before 2.34 had for its libpthread (GLIBC_PRIVATE). */
    private static final Set<String> FOR_LIBPTHREAD = words("__libc_longjmp __libc_siglongjmp");

    /** What longjmp(3) takes. */
    private static final List<CDeclarations.Passed> ENVIRONMENT_AND_VALUE =
            List.of(CDeclarations.Passed.pointer(false, false), new CDeclarations.Passed("signed", 4));

    private static final ReturnBehaviours FACTS = ReturnBehaviours.bundled();

    @TempDir
    private static Path directory;

    private static CDeclarations declarations = new CDeclarations();
    private static Set<String> functions = Set.of();
    private static Set<String> noreturn = Set.of();
    private static Set<String> twice = Set.of();
    private static Set<String> nothrow = Set.of();

    @BeforeAll
    static void askTheCompiler() throws Exception {
        PrototypeTexts.Text text = new BundledTexts().read(LIBC).orElseThrow();
        functions = new PrototypeFile(
                        PrototypeSource.Origin.BUNDLED,
                        text.fileName(),
                        text.text(),
                        name -> java.util.Optional.empty())
                .functionNames();
        declarations = new CDeclarations(directory, functions);
        nothrow = withAttribute("nothrow");
        noreturn = withAttribute("noreturn");
        twice = withAttribute("returns_twice");
    }

    @Test
    void everyNameIsInItsLibrary() throws Exception {
        for (String soname : List.of(LIBC, "libgcc_s.so.1", "libstdc++.so.6")) {
            Set<String> symbols = new HashSet<>();
            Path library = Path.of("/usr/lib/x86_64-linux-gnu").resolve(soname);
            DwarfDump.run(List.of("nm", "-D", "--defined-only", library.toString()))
                    .lines()
                    .forEach(line -> symbols.add(
                            line.substring(line.lastIndexOf(' ') + 1).replaceFirst("@.*", "")));
            if (soname.equals(LIBC)) {
                symbols.addAll(FOR_LIBPTHREAD);
            }
            assertThat(symbols).as(soname).containsAll(FACTS.functions(soname));
        }
    }

    @Test
    void whatTheHeadersDeclareNoreturnDoesNotReturn() {
        assertThat(noreturn).contains("exit", "abort", "longjmp");
        assertThat(named(ReturnBehaviour.NO_RETURN)).containsAll(noreturn);
        Set<String> declared = new TreeSet<>(named(ReturnBehaviour.NO_RETURN));
        declared.removeIf(name -> declarations.of(name).isEmpty());
        assertThat(declared).isEqualTo(new TreeSet<>(noreturn));
    }

    @Test
    void whatJumpsToAnEnvironmentLeavesFrames() {
        Set<String> jumps = noreturn.stream()
                .filter(name -> declarations.of(name).orElseThrow().parameters().equals(ENVIRONMENT_AND_VALUE))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(jumps).contains("longjmp", "_longjmp", "siglongjmp");
        assertThat(named(ReturnBehaviour.LEAVES_FRAMES)).containsAll(jumps);
        assertThat(named(ReturnBehaviour.NO_RETURN))
                .containsAll(named(ReturnBehaviour.LEAVES_FRAMES))
                .containsAll(named(ReturnBehaviour.THROWS));
    }

    @Test
    void whatTheHeadersDeclareReturnsTwiceDoes() {
        assertThat(named(ReturnBehaviour.RETURNS_TWICE)).containsAll(twice).contains("setjmp", "_setjmp", "vfork");
    }

    @Test
    void whatTakesAFunctionCallsBackOrKeepsIt() {
        Set<String> takers = functions.stream()
                .filter(name -> declarations.of(name).stream()
                        .flatMap(declaration -> declaration.parameters().stream())
                        .anyMatch(CDeclarations.Passed::function))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(takers).hasSizeGreaterThan(30).contains("qsort", "ftw", "bsearch");
        takers.removeAll(KEEP_A_FUNCTION);
        takers.removeIf(name -> FACTS.of(LIBC, name).contains(ReturnBehaviour.CALLS_BACK));
        takers.removeIf(name -> FACTS.of(LIBC, name).contains(ReturnBehaviour.SWITCHES_CONTEXT));
        assertThat(takers).isEmpty();
    }

    @Test
    void theCancellationPointsOfPosixAreThereWithTheirVariants() {
        Set<String> points = named(ReturnBehaviour.CANCELLATION_POINT);
        assertThat(points).containsAll(CANCELLATION_POINTS_OF_POSIX);
        for (String name : CANCELLATION_POINTS_OF_POSIX) {
            for (String variant : List.of(name + "64", "__" + name, "__" + name + "_chk", "__" + name + "_2")) {
                if (functions.contains(variant)) {
                    assertThat(points).contains(variant);
                }
            }
        }
    }

    @Test
    void whatTheHeadersDoNotDeclareNothrowHasAFactOrIsKnownToBeOrdinary() {
        Set<String> open = functions.stream()
                .filter(name -> declarations.of(name).isPresent() && !nothrow.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(open).hasSizeGreaterThan(400).containsAll(ORDINARY_THOUGH_NOT_NOTHROW);
        open.removeAll(ORDINARY_THOUGH_NOT_NOTHROW);
        assertThat(FACTS.functions(LIBC)).containsAll(open);
    }

    @Test
    void aFortifiedOrRenamedFunctionHasTheFactsOfThePlainOne() {
        for (String name : FACTS.functions(LIBC)) {
            for (String variant : List.of("__" + name + "_chk", "__isoc99_" + name, "_IO_" + name)) {
                if (functions.contains(variant)) {
                    assertThat(FACTS.of(LIBC, variant)).as(variant).isEqualTo(FACTS.of(LIBC, name));
                }
            }
        }
    }

    @Test
    void otherLibrariesAreUnknownRatherThanOrdinary() {
        assertThat(FACTS.isComplete(LIBC)).isTrue();
        assertThat(FACTS.isComplete("libm.so.6")).isTrue();
        assertThat(FACTS.isComplete("libstdc++.so.6")).isFalse();
        assertThat(FACTS.isComplete("libz.so.1")).isFalse();
        assertThat(FACTS.of("libz.so.1", "exit")).isEmpty();
        assertThat(FACTS.of("libpthread.so.0", "pthread_exit")).containsExactly(ReturnBehaviour.NO_RETURN);
        assertThat(FACTS.of("libstdc++.so.6", "__cxa_throw"))
                .containsExactlyInAnyOrder(ReturnBehaviour.NO_RETURN, ReturnBehaviour.THROWS);
    }

    @Test
    void aWordThatIsNoFactIsAnErrorWithItsLine() {
        assertThatThrownBy(() -> new ReturnBehaviours("[a]\n\nnoreturns exit\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 3")
                .hasMessageContaining("noreturns");
    }

    private static Set<String> named(ReturnBehaviour fact) {
        return FACTS.functions(LIBC).stream()
                .filter(name -> FACTS.of(LIBC, name).contains(fact))
                .collect(Collectors.toSet());
    }

    private static Set<String> withAttribute(String attribute) throws Exception {
        StringBuilder source = new StringBuilder("#define _GNU_SOURCE\n");
        try (var headers = Objects.requireNonNull(ReturnBehavioursTest.class.getResourceAsStream("headers.h"))) {
            source.append(new String(headers.readAllBytes(), StandardCharsets.US_ASCII));
        }
        source.append("int main(void) {\n");
        for (String name : functions) {
            if (declarations.of(name).isPresent()) {
                source.append("if (__builtin_has_attribute(%s, %s)) puts(\"%s\");\n".formatted(name, attribute, name));
            }
        }
        Path file = Files.writeString(directory.resolve(attribute + ".c"), source.append("}\n"));
        Path program = directory.resolve(attribute);
        String fortified = "-D_FORTIFY_SOURCE=2";
        DwarfDump.run(List.of("gcc", "-w", "-O2", fortified, file.toString(), "-o", program.toString()));
        return DwarfDump.run(List.of(program.toString())).lines().collect(Collectors.toSet());
    }

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+", -1));
    }
}
