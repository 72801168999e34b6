package jltrace.prototype;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import jltrace.type.CType;
import jltrace.type.Display;
import jltrace.type.FormatType;
import jltrace.type.FunctionSignature;
import jltrace.type.IntegerType;
import jltrace.type.Parameter;
import jltrace.type.PointerType;
import jltrace.type.Presence;
import jltrace.type.StringType;
import jltrace.type.StructType;
import jltrace.type.VoidType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language of ltrace.conf(5): its manual page, what ltrace 0.7.3 was seen to do, and what jltrace adds. */
class PrototypeFileTest {

    @Test
    void readsTheExampleOfTheManualPage() {
        FunctionSignature kill = function("int kill(int,int);", "kill");
        assertThat(kill)
                .isEqualTo(new FunctionSignature(
                        "kill",
                        IntegerType.INT,
                        List.of(Parameter.of(IntegerType.INT), Parameter.of(IntegerType.INT)),
                        false,
                        false));
    }

    @Test
    void parametersAndFieldsMayHaveNames() {
        FunctionSignature openat = function(
                "int openat(int dirfd, string pathname, int flags, octal mode when arg3 & 020000100);", "openat");
        assertThat(openat.parameters())
                .extracting(Parameter::name)
                .containsExactly("dirfd", "pathname", "flags", "mode");
        assertThat(openat.parameters().get(3).presence()).isEqualTo(new Presence.AnyBit(3, 020000100));
        assertThat(openat.variadic()).isFalse();
        StructType struct = (StructType) type("struct(int x, long* y)");
        assertThat(struct.fields()).extracting(StructType.Field::name).containsExactly("x", "y");
    }

    @Test
    void aParameterMayBePassedForSomeValuesOnly() {
        assertThat(function("int f(int a, long when arg1 = 0|4|-1);", "f")
                        .parameters()
                        .get(1))
                .isEqualTo(new Parameter("", IntegerType.LONG, false, new Presence.OneOf(1, List.of(0L, 4L, -1L))));
        assertThat(function("int f(int when, long b when arg1 & 1);", "f")
                        .parameters()
                        .get(0)
                        .name())
                .isEqualTo("when");
        assertThat(errors("int f(int a when arg1 & 1);"))
                .singleElement()
                .asString()
                .contains("before");
    }

    @Test
    void dotsAndFormatsLetMoreArgumentsFollow() {
        assertThat(function("int f(int, ...);", "f").variadic()).isTrue();
        assertThat(function("int f(...);", "f").parameters()).isEmpty();
        FunctionSignature printf = function("int printf(format);", "printf");
        assertThat(printf.variadic()).isTrue();
        assertThat(printf.parameters()).containsExactly(Parameter.of(FormatType.PRINTF));
        assertThat(type("scanformat")).isEqualTo(FormatType.SCANF);
        assertThat(type("format(string(array(uint, zero)*))")).isEqualTo(new FormatType(FormatType.Language.PRINTF, 4));
        assertThat(errors("int f(..., int);")).hasSize(1);
    }

    @Test
    void aPlusMarksAnArgumentThatIsShownAtReturn() {
        assertThat(function("int asprintf(+string*, format);", "asprintf").parameters())
                .containsExactly(
                        new Parameter("", new PointerType(StringType.C_STRING), true), Parameter.of(FormatType.PRINTF));
    }

    @Test
    void noParametersMayBeWrittenAsInC() {
        assertThat(function("int f();", "f").parameters()).isEmpty();
        assertThat(function("void f(void);", "f").parameters()).isEmpty();
        assertThat(function("void f(void);", "f").result()).isEqualTo(VoidType.VOID);
        assertThat(errors("int f(int, void);")).hasSize(1);
    }

    @Test
    void typesMayHaveNamesAndBeRedefinedFromTheLanguagesWords() {
        PrototypeFile file = file("""
                typedef size = hex(ulong) ;
                typedef llong = int;
                typedef pair = struct(size, llong);
                llong f(size, pair*);
                """);
        FunctionSignature signature = file.function("f").orElseThrow().signature();
        assertThat(signature.result()).isEqualTo(IntegerType.INT);
        assertThat(signature.parameters().get(0).type())
                .isEqualTo(IntegerType.UNSIGNED_LONG.shownAs(Display.HEXADECIMAL));
        assertThat(((PointerType) signature.parameters().get(1).type()).target())
                .hasToString("struct pair");
        assertThat(file.check()).isEmpty();
    }

    @Test
    void aStructureMayPointToItselfOnceItIsDeclared() {
        PrototypeFile file = file("""
                typedef list = struct;
                typedef list = struct(int, list*);
                void ll(list*);
                """);
        StructType list = (StructType) ((PointerType) file.function("ll")
                        .orElseThrow()
                        .signature()
                        .parameters()
                        .get(0)
                        .type())
                .target();
        assertThat(list.size()).isEqualTo(16);
        assertThat(((PointerType) list.fields().get(1).type()).target()).isSameAs(list);
        assertThat(file.check()).isEmpty();
    }

    @Test
    void twoStructuresMayPointToEachOther() {
        PrototypeFile file = file("""
                typedef a = struct;
                typedef b = struct(a*, int);
                typedef a = struct(b*, b);
                int f(a);
                """);
        assertThat(file.check()).isEmpty();
        StructType a = (StructType)
                file.function("f").orElseThrow().signature().parameters().get(0).type();
        assertThat(a.size()).isEqualTo(24);
    }

    @Test
    void aStructureCannotContainItselfOrOneThatIsNotDefined() {
        assertThat(errors("typedef a = struct;\ntypedef a = struct(int, a);\n"))
                .containsExactly(
                        new PrototypeError("test.conf", 2, 25, "the structure 'a' is declared but not defined here"));
        assertThat(errors("typedef a = struct(a*);")).singleElement().asString().contains("unknown type 'a'");
        assertThat(errors("typedef a = struct;\nint f(a);\nint g(a*);\n"))
                .containsExactly(
                        new PrototypeError("test.conf", 2, 7, "the structure 'a' is declared but not defined"));
    }

    @Test
    void aTypeThatNamesItselfMeansTheOneOutside() {
        PrototypeFile file = file("typedef long = hex(long);\nlong f();\n");
        assertThat(file.function("f").orElseThrow().signature().result())
                .isEqualTo(IntegerType.LONG.shownAs(Display.HEXADECIMAL));
        assertThat(errors("typedef a = b*;\ntypedef b = a*;\nint f(a);\n")).isNotEmpty();
    }

    @Test
    void whatFollowsTheClosingParenthesisIsIgnored() {
        assertThat(function("int open(string,int,octal);\t\t; WARNING: 3rd (argument", "open")
                        .parameters())
                .hasSize(3);
        assertThat(function("int f(int) anything ) at all", "f").parameters()).hasSize(1);
        assertThat(function("int f (int)\r", "f").parameters()).hasSize(1);
    }

    @Test
    void commentsAndBlankLinesAreSkipped() {
        PrototypeFile file = file("; int a();\n# int b();\n\n \t\r\n\t int c ( int , int ) ;\n");
        assertThat(file.functionNames()).containsExactly("c");
        assertThat(file.check()).isEmpty();
    }

    @Test
    void theWordFunctionMayComeFirst() {
        assertThat(function("function int f(int);", "f").result()).isEqualTo(IntegerType.INT);
        assertThat(function("function hex(int) f(int);", "f").parameters()).hasSize(1);
    }

    @Test
    void ofTwoLinesTheLastCountsUnlessItIsWrong() {
        assertThat(function("int f(int);\nlong f(long,long);\n", "f").parameters())
                .hasSize(2);
        PrototypeFile file = file("int f(int);\nint g();\nlong f(nosuch);\n");
        Prototype prototype = file.function("f").orElseThrow();
        assertThat(prototype.signature().parameters()).hasSize(1);
        assertThat(prototype.source()).isEqualTo(new PrototypeSource(PrototypeSource.Origin.USER, "test.conf", 1));
        assertThat(file.errors()).containsExactly(new PrototypeError("test.conf", 3, 8, "unknown type 'nosuch'"));
    }

    @Test
    void anErrorLosesOnlyItsLine() {
        PrototypeFile file = file("""
                int a(int);
                int b(nosuch);
                int c(int;
                int
                typedef t = hex(;
                typedef t = int;
                int d(t);
                """);
        assertThat(file.check())
                .extracting(PrototypeError::toString)
                .containsExactly(
                        "test.conf:2:7: unknown type 'nosuch'",
                        "test.conf:3:10: expected ',' or ')' after a parameter, found ';'",
                        "test.conf:4:4: expected the function's name, found the end of the line",
                        "test.conf:5:17: expected a type, found ';'",
                        "test.conf:6:9: 't' is defined already, in line 5",
                        "test.conf:7:7: unknown type 't'");
        assertThat(file.function("a")).isPresent();
        assertThat(file.function("b")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "int f(array(int,arg9)*);~1~a length or a condition speaks of arg9 of 1 parameter",
                "int f(hex);~10~expected '(' after hex, found ');'",
                "int f(hex(int);~15~expected ',' or ')' after a parameter, found ';'",
                "int f(array(int));~16~expected ',' after the element's type, found '));'",
                "int f(array(void,3)*);~13~a value cannot be void",
                "int f(enum(1));~12~expected a constant's name, found '1));'",
                "int f(enum[string](A));~12~expected an integer type",
                "int f(int,);~11~expected a type, found ');'",
                "int f(string[);~14~expected a length: a number, argN, eltN, retval or zero, found ');'",
                "int f(string[argx]);~14~expected a number after this word",
                "int f(string(addr));~14~expected X*, array(X, E) or array(X, E)* of characters X",
                "int f(struct(array(int,zero),int)*);~30~no field can follow an array whose length is known only at run time",
                "int f(enum(A=99999999999999999999));~14~the number is too large for 64 bits",
                "import libc~8~expected the quoted name of a file, found 'libc'",
                "int f(int int int);~15~expected ',' or ')' after a parameter, found 'int);'",
                "(int) f();~1~expected a type, found '(int) f();'"
            })
    void anErrorSaysWhereItIsAndWhatWasExpected(String line, int column, String problem) {
        assertThat(errors(line)).containsExactly(new PrototypeError("test.conf", 1, column, problem));
    }

    @Test
    void controlCharactersInAFileNeverReachAnErrorMessage() {
        assertThat(errors("int f(\u001b[31m\u0007red);"))
                .singleElement()
                .satisfies(error ->
                        assertThat(error.problem()).doesNotContain("\u001b").doesNotContain("\u0007"));
    }

    @Test
    void importedFilesAreSearchedToo() {
        Map<String, PrototypeFile> files = new HashMap<>();
        PrototypeFile.Imports imports = name -> Optional.ofNullable(files.get(name));
        files.put(
                "types",
                new PrototypeFile(
                        PrototypeSource.Origin.USER,
                        "types.conf",
                        "import \"main\"\ntypedef t = hex(int);\nint g(t);\n",
                        imports));
        PrototypeFile main = new PrototypeFile(
                PrototypeSource.Origin.USER, "main.conf", "import \"types\";\nt f(t);\nint h(u);\n", imports);
        files.put("main", main);
        assertThat(main.function("f").orElseThrow().signature().result())
                .isEqualTo(IntegerType.INT.shownAs(Display.HEXADECIMAL));
        assertThat(main.function("g").orElseThrow().source())
                .isEqualTo(new PrototypeSource(PrototypeSource.Origin.USER, "types.conf", 3));
        assertThat(main.function("nosuch")).isEmpty();
        assertThat(main.function("h")).isEmpty();
        assertThat(main.check()).hasSize(1);
    }

    @Test
    void anImportThatLeadsNowhereIsAnError() {
        assertThat(errors("int f(int);\n import \"nosuch\"\n"))
                .containsExactly(new PrototypeError("test.conf", 2, 9, "there is no file nosuch.conf to import"));
    }

    @Test
    void deepAndWideTypesEndInAnErrorAndNotInAnOverflow() {
        String deep = "struct(".repeat(100_000);
        assertThat(errors("int f(" + deep + "int" + ")".repeat(100_000) + ");")).hasSize(1);
        assertThat(errors("int f(int" + "*".repeat(100_000) + ");")).hasSize(1);
        assertThat(errors("int f(string[" + "zero(".repeat(100_000) + "1" + ")".repeat(100_000) + "]);"))
                .hasSize(1);
        StringBuilder chain = new StringBuilder("typedef t0 = int;\n");
        for (int i = 1; i < 20_000; i++) {
            chain.append("typedef t%d = t%d*;\n".formatted(i, i - 1));
        }
        assertThat(file(chain + "int f(t19999);\n").check()).isNotEmpty();
        StringBuilder doubling = new StringBuilder("typedef t0 = struct(int);\n");
        for (int i = 1; i < 90; i++) {
            doubling.append("typedef t%1$d = struct(t%2$d, t%2$d);\n".formatted(i, i - 1));
        }
        PrototypeFile file = file(doubling + "int f(t89);\n");
        assertThat(file.check()).isEmpty();
        assertThat(file.function("f").orElseThrow().signature().toString()).hasSizeLessThan(100);
    }

    @Test
    void anyTextAtAllIsReadWithoutAnException() {
        Random random = new Random(7);
        String good = new BundledTexts().read("libc.so.6").orElseThrow().text().substring(0, 20_000);
        String marks = "()[]{},;*+=.\"'0x17-argeltzero retval when&| \n\t\r\0\u00e4\u20ac";
        for (int round = 0; round < 300; round++) {
            StringBuilder text = new StringBuilder(good.substring(0, random.nextInt(good.length())));
            for (int edit = 0; edit < 50; edit++) {
                int at = random.nextInt(text.length() + 1);
                char mark = marks.charAt(random.nextInt(marks.length()));
                if (random.nextBoolean() || at == text.length()) {
                    text.insert(at, mark);
                } else {
                    text.setCharAt(at, mark);
                }
            }
            PrototypeFile file = file(text.toString());
            List<PrototypeError> errors = file.check();
            assertThat(errors).allSatisfy(error -> {
                assertThat(error.line()).isPositive();
                assertThat(error.column()).isPositive();
            });
        }
    }

    static PrototypeFile file(String text) {
        return new PrototypeFile(PrototypeSource.Origin.USER, "test.conf", text, name -> Optional.empty());
    }

    static FunctionSignature function(String text, String name) {
        PrototypeFile file = file(text);
        Optional<Prototype> prototype = file.function(name);
        assertThat(file.errors())
                .as(text)
                .filteredOn(error -> prototype.isEmpty())
                .isEmpty();
        return prototype.orElseThrow().signature();
    }

    /** The type of a first parameter. */
    static CType type(String lens) {
        return function("int f(" + lens + ");", "f").parameters().get(0).type();
    }

    static List<PrototypeError> errors(String text) {
        return new ArrayList<>(file(text).check());
    }
}
