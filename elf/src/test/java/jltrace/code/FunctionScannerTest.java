package jltrace.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One case a function: what compilers make of a few lines of C, and assembly that they do not. */
class FunctionScannerTest {
    private static final String SWITCHES = """
            int f(int), g(int), h(int), i(int), j(int);
            int choose(int x) {
                switch (x) {
                    case 0: return f(x) + 1;
                    case 1: return g(x) + 2;
                    case 2: return h(x) + 3;
                    case 3: return i(x) + 4;
                    case 4: return j(x) + 5;
                    case 5: return f(x) + g(x);
                    case 6: return h(x) + g(x);
                }
                return -1;
            }
            void leaf(int x, volatile int *p) {
                switch (x) {
                    case 0: *p += 10; break;
                    case 1: *p *= 17; break;
                    case 2: *p -= 36; break;
                    case 3: *p ^= 45; break;
                    case 4: *p <<= 2; break;
                    case 5: *p /= 17; break;
                }
            }
            int compute(const unsigned char *p, int *out) {
                static const void *const labels[] = {&&add, &&twice, &&stop};
                goto *labels[*p++];
                add: *out += f(1); goto *labels[*p++];
                twice: *out *= 2; goto *labels[*p++];
                stop: return *out;
            }
            """;

    private static final String TAIL_CALLS = """
            struct object { int (**methods)(struct object *); int (*method)(struct object *); };
            int other(int), another(int);
            int direct(int x) { return other(x + 1); }
            int either(int x) { return x > 4 ? other(x) : another(x); }
            int pointer(int (*function)(int), int x) { return function(x + 1); }
            int member(struct object *o) { return o->method(o); }
            int virtual(struct object *o) { return o->methods[3](o); }
            static int (*const table[8])(int) = {other, another, other, another, other, another, other, another};
            int array(int x, unsigned at) { return table[at](x); }
            int framed(int x) { int y = another(x); return other(x + y); }
            """;

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -O2 -fPIC",
                "gcc -O0 -fPIC",
                "gcc -O2 -fPIC -fcf-protection",
                "gcc -O2 -fno-pie -fno-pic",
                "gcc -O0 -fno-pie -fno-pic",
                "gcc -O3 -fPIC -fno-omit-frame-pointer",
                "clang -O2 -fPIC",
                "clang -O0 -fPIC",
                "clang -O2 -fno-pie -fno-pic",
            })
    void jumpTablesAreNotTakenForTailCalls(String compiler) throws Exception {
        Library library = compile(compiler + " -fno-optimize-sibling-calls", "switches.c", SWITCHES);

        for (String name : List.of("choose", "leaf", "compute")) {
            FunctionScan scan = scan(library, name);
            if (name.equals("compute") && !scan.isReliable()) {
                // Without anything on the stack, computed jumps could as well be calls.
                assertThat(scan.doubt().orElse("")).contains("an indirect jump");
                continue;
            }
            assertThat(scan.doubt()).as(name).isEmpty();
            assertThat(scan.hasSwitch()).as(name).isTrue();
            assertThat(scan.exits()).as(name).isNotEmpty().allMatch(FunctionExit.Return.class::isInstance);
            assertThat(returns(scan)).as(name).isEqualTo(objdumpReturns(library, name));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gcc -O2 -fPIC",
                "gcc -O2 -fPIC -fno-plt",
                "gcc -O2 -fPIC -fcf-protection",
                "gcc -O2 -fPIC -fno-omit-frame-pointer",
                "clang -O2 -fPIC",
                "clang -O2 -fPIC -fno-plt",
            })
    void tailCallsAreExits(String compiler) throws Exception {
        Library library = compile(compiler, "tailcalls.c", TAIL_CALLS);

        List<Long> stubs = library.linkageStubs();
        boolean slots = compiler.contains("-fno-plt");
        for (String name : List.of("direct", "either", "framed")) {
            FunctionScan scan = scan(library, name);
            assertThat(scan.doubt()).as(name).isEmpty();
            assertThat(scan.exits())
                    .as(name)
                    .isNotEmpty()
                    .allMatch(exit -> slots
                            ? exit instanceof FunctionExit.SlotTailJump
                            : exit instanceof FunctionExit.TailJump jump && stubs.contains(jump.target()));
        }
        for (String name : List.of("pointer", "member", "virtual", "array")) {
            FunctionScan scan = scan(library, name);
            assertThat(scan.doubt()).as(name).isEmpty();
            assertThat(scan.exits()).as(name).singleElement().isInstanceOf(FunctionExit.PointerTailJump.class);
            assertThat(scan.hasSwitch()).as(name).isFalse();
        }
    }

    @Test
    void aPointerMayBeATailCallBesideASwitchButNotWhereUnexplainedCodeFollows() throws Exception {
        Library library = compile("gcc -O2 -fPIC", "pointers.c", """
                struct step { const void *label; struct step *next; int value; };
                int run(struct step *s, const void **labels) {
                    int sum = 0;
                    if (labels) { labels[0] = &&add; labels[1] = &&stop; return 0; }
                    goto *s->label;
                    add: sum += s->value; s = s->next; goto *s->label;
                    stop: return sum;
                }
                int f(int), g(int), h(int);
                int mixed(int x, int (*function)(int)) {
                    int y = f(x);
                    switch (y) {
                        case 0: y = g(x) + 1; break;
                        case 1: y = h(x) + 2; break;
                        case 2: y = g(x) + h(y); break;
                        case 3: y = h(x) + h(y); break;
                        case 4: y = h(x) * g(y); break;
                        case 5: y = h(x) * f(y); break;
                    }
                    return function(y);
                }
                """);

        assertDoubt(library, "run", "an indirect jump that may stay in the function");
        FunctionScan mixed = scan(library, "mixed");
        assertThat(mixed.doubt()).isEmpty();
        assertThat(mixed.hasSwitch()).isTrue();
        assertThat(mixed.exits()).isNotEmpty().allMatch(FunctionExit.PointerTailJump.class::isInstance);
    }

    @Test
    void outOfLinePartsBelongToTheFunctionThatJumpsToThem() throws Exception {
        Library library = compile("gcc -O2 -fPIC", "cold.c", """
                __attribute__((cold)) int complain(int);
                void use(int *);
                int parted(int x) {
                    int buffer[10];
                    use(buffer);
                    if (__builtin_expect(buffer[3] == x, 0)) {
                        for (int i = 0; i < 9; i++) complain(buffer[i]);
                        if (buffer[1]) return complain(x) + 7;
                    }
                    return buffer[x];
                }
                """);
        Library.Function cold = library.function("parted.cold");

        FunctionScan scan = scan(library, "parted");

        assertThat(scan.doubt()).isEmpty();
        assertThat(scan.exits()).isNotEmpty().allMatch(FunctionExit.Return.class::isInstance);
        assertThat(scan.callTargets()).hasSize(2);
        assertThat(scan.instructionCount())
                .isGreaterThan(instructions(library, "parted"))
                .isLessThanOrEqualTo(instructions(library, "parted") + instructions(library, cold.name()));
    }

    @Test
    void whatOnlyAssemblyDoesIsUnderstoodOrDoubted() throws Exception {
        Library library = compile("gcc", "odd.s", Compiler.FUNCTION_MACROS + """
                function skips_lock
                    testl %esi, %esi
                    je 1f
                    lock
                1:  decl (%rdi)
                    ret
                end skips_lock
                function jumps_into_instruction
                    testl %esi, %esi
                    je 1f + 2
                1:  movl $0xc3c3c3c3, %eax
                    ret
                end jumps_into_instruction
                function calls_itself_inside
                    call 1f
                    ret
                1:  movl $1, %eax
                    ret
                end calls_itself_inside
                function holds_data
                    leaq 1f(%rip), %rax
                    ret
                1:  .byte 0x06, 0x0e, 0xc3, 0xff, 0xff, 0x62, 0xd4
                end holds_data
                function calls_before_data
                    call skips_lock
                    ret
                    .byte 0x06, 0x0e, 0xc3, 0xff, 0xff, 0x62, 0xd4
                end calls_before_data
                function returns_unbalanced
                    pushq %rdi
                    ret
                end returns_unbalanced
                function repeats
                    decl %edi
                    jne repeats
                    ret
                end repeats
                function falls
                    movl $1, %eax
                end falls
                function fallen_into
                    addl $1, %eax
                    ret
                end fallen_into
                function jumps_back
                    pushq %rbx
                    testl %edi, %edi
                    je fallen_into
                    popq %rbx
                    jne fallen_into
                    ret
                end jumps_back
                function pops_its_return_address
                    movl $1, %eax
                    popq %rcx
                    jmp *%rcx
                end pops_its_return_address
                function does_not_return
                    pushq %rax
                    call skips_lock
                end does_not_return
                function aligns
                    leaq 8(%rsp), %r10
                    andq $-32, %rsp
                    pushq -8(%r10)
                    pushq %rbp
                    movq %rsp, %rbp
                    pushq %r10
                    jmp *(%rdi)
                    nop
                    popq %r10
                    popq %rbp
                    leaq -8(%r10), %rsp
                    ret
                end aligns
                function truncated
                    movl $1, %eax
                    .byte 0xe8, 0x00
                end truncated
                """);

        assertReliable(library, "skips_lock", 1);
        assertDoubt(library, "jumps_into_instruction", "a jump into an instruction");
        assertDoubt(library, "calls_itself_inside", "a call into the function's own middle");
        // Nothing can lead to what stands behind the return.
        assertReliable(library, "holds_data", 1);
        assertDoubt(library, "calls_before_data", "no instruction");
        assertDoubt(library, "returns_unbalanced", "a return with an unbalanced stack");
        assertReliable(library, "repeats", 1);
        assertThat(scan(library, "repeats").branchesToEntry()).isTrue();
        assertThat(scan(library, "skips_lock").branchesToEntry()).isFalse();
        assertReliable(library, "falls", 1);
        assertThat(scan(library, "falls").fallsThrough()).isTrue();
        assertThat(scan(library, "fallen_into").fallsThrough()).isFalse();
        // With a push outstanding the jump cannot be a tail call, so it is followed to a return, which then is not
        // balanced.
        assertDoubt(library, "jumps_back", "a return with an unbalanced stack");
        assertReliable(library, "pops_its_return_address", 1);
        assertThat(scan(library, "pops_its_return_address").exits())
                .singleElement()
                .isInstanceOfSatisfying(
                        FunctionExit.Return.class,
                        exit -> assertThat(exit.popped()).isEqualTo(8));
        assertReliable(library, "does_not_return", 0);
        assertReliable(library, "aligns", 1);
        assertThat(scan(library, "aligns").hasSwitch()).isTrue();
        assertThat(scan(library, "truncated").isReliable()).isFalse();
    }

    @Test
    void aFunctionOfUnknownSizeEndsBeforeTheNextEntry() throws Exception {
        Library library = compile("gcc -O2 -fPIC", "tailcalls.c", TAIL_CALLS);
        Library.Function function = library.function("either");

        FunctionScan scan = library.scanner().scan(function.virtualAddress(), 0);

        assertThat(scan.doubt()).isEmpty();
        assertThat(scan.exits()).isEqualTo(scan(library, "either").exits());
        Library switches = compile("gcc -O2 -fPIC -fno-optimize-sibling-calls", "switches.c", SWITCHES);
        assertThat(switches.scanner()
                        .scan(switches.function("choose").virtualAddress(), 0)
                        .doubt()
                        .orElse(""))
                .startsWith("a switch in a function of unknown size");
    }

    private static void assertReliable(Library library, String name, int exits) {
        FunctionScan scan = scan(library, name);
        assertThat(scan.doubt()).as(name).isEmpty();
        assertThat(scan.exits()).as(name).hasSize(exits);
    }

    private static void assertDoubt(Library library, String name, String doubt) {
        assertThat(scan(library, name).doubt().orElse("")).as(name).startsWith(doubt);
    }

    private Library compile(String compiler, String file, String text) throws Exception {
        return Compiler.compile(directory, compiler, file, text);
    }

    private static FunctionScan scan(Library library, String name) {
        Library.Function function = library.function(name);
        return library.scanner().scan(function.virtualAddress(), function.size());
    }

    private static List<Long> returns(FunctionScan scan) {
        return scan.exits().stream().map(FunctionExit::virtualAddress).toList();
    }

    private static List<Long> objdumpReturns(Library library, String name) throws Exception {
        Library.Function function = library.function(name);
        List<Long> returns = new ArrayList<>();
        Objdump.disassemble(library.file(), line -> {
            long offset = line.virtualAddress - function.virtualAddress();
            if (offset >= 0 && offset < function.size() && line.mnemonic().equals("ret")) {
                returns.add(line.virtualAddress);
            }
        });
        return returns;
    }

    private static int instructions(Library library, String name) throws Exception {
        Library.Function function = library.function(name);
        List<Long> addresses = new ArrayList<>();
        Objdump.disassemble(library.file(), line -> {
            long offset = line.virtualAddress - function.virtualAddress();
            if (offset >= 0 && offset < function.size()) {
                addresses.add(line.virtualAddress);
            }
        });
        return addresses.size();
    }
}
