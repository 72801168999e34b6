package jltrace.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import jltrace.target.ObjectFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of ltrace(1), "Filter expressions". */
class FilterExpressionTest {
    private static final ObjectFile MAIN = new ObjectFile(0, "/usr/bin/prog", true, "prog");
    private static final ObjectFile LIBC = new ObjectFile(1, "/usr/lib/x86_64-linux-gnu/libc.so.6", false, "libc.so.6");
    private static final ObjectFile LOADER =
            new ObjectFile(2, "/usr/lib64/ld-linux-x86-64.so.2", false, "ld-linux-x86-64.so.2");
    private static final ObjectFile LIBSTDCXX =
            new ObjectFile(3, "/usr/lib/x86_64-linux-gnu/libstdc++.so.6.0.30", false, "libstdc++.so.6");
    private static final List<ObjectFile> OBJECTS = List.of(MAIN, LIBC, LOADER, LIBSTDCXX);
    private static final List<String> SYMBOLS = List.of("malloc", "free", "strlen", "strcmp");

    /** What an expression picks, {@code symbol@object} each. */
    private static Stream<String> picked(String expression) throws FilterSyntaxException {
        FilterExpression filter = FilterExpression.parse(expression);
        return OBJECTS.stream()
                .flatMap(object -> SYMBOLS.stream()
                        .filter(symbol -> filter.matches(symbol, object))
                        .map(symbol -> symbol + "@" + object.name()));
    }

    private static Stream<String> allOf(List<String> symbols, List<ObjectFile> objects) {
        return objects.stream().flatMap(object -> symbols.stream().map(symbol -> symbol + "@" + object.name()));
    }

    @Test
    void theManualsExampleTracesMallocAndFreeExceptThoseDoneByLibc() throws FilterSyntaxException {
        assertThat(picked("malloc+free-@libc.so*"))
                .containsExactlyElementsOf(allOf(List.of("malloc", "free"), List.of(MAIN, LOADER, LIBSTDCXX))
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            malloc                        | malloc
            malloc@*                      | malloc
            +malloc                       | malloc
            str*                          | strlen strcmp
            str?en                        | strlen
            str[cl]*                      | strlen strcmp
            str[!l]*                      | strcmp
            str                           |
            trlen                         |
            ^strlen$                      | strlen
            /^str/                        | strlen strcmp
            /len/                         | strlen
            /len$/+/^free/                | free strlen
            malloc+free                   | malloc free
            str*-strcmp                   | strlen
            str*-strcmp+strcmp            | strlen strcmp
            -malloc                       | free strlen strcmp
            !malloc                       | free strlen strcmp
            -str*                         | malloc free
            -str*+strlen                  | malloc free strlen
            /[+-]/+malloc                 | malloc
            *-malloc-free                 | strlen strcmp
            [a-g]*                        | free
            """)
    void symbolsArePickedInEveryObject(String expression, String symbols) throws FilterSyntaxException {
        List<String> expected = symbols == null ? List.of() : List.of(symbols.split(" "));
        assertThat(picked(expression))
                .containsExactlyInAnyOrderElementsOf(allOf(expected, OBJECTS).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            @                             | prog libc.so.6 ld-linux-x86-64.so.2 libstdc++.so.6
            @MAIN                         | prog
            @prog                         | prog
            -@MAIN                        | libc.so.6 ld-linux-x86-64.so.2 libstdc++.so.6
            @[M]AIN                       |
            @^MAIN                        |
            @libc.*                       | libc.so.6
            @libc                         |
            @lib*                         | libc.so.6 libstdc++.so.6
            @lib*-@libstdc++*             | libc.so.6
            @libstdc++.so.6               | libstdc++.so.6
            @libstdc++.so.6.0.30          | libstdc++.so.6
            @libstdc++*                   | libstdc++.so.6
            @libstdc++                    |
            @ld-linux-x86-64.so.2         | ld-linux-x86-64.so.2
            @ld-linux-x86-64.so*          | ld-linux-x86-64.so.2
            -@ld-linux-x86-64.so.2        | prog libc.so.6 libstdc++.so.6
            @ld-linux-x86-64.so.2+@MAIN   | prog ld-linux-x86-64.so.2
            @MAIN+@ld-linux-x86-64.so.2   | prog ld-linux-x86-64.so.2
            @libstdc++.so.6+@libc.so.6    | libc.so.6 libstdc++.so.6
            @*-@libstdc++.so.6-@MAIN      | libc.so.6 ld-linux-x86-64.so.2
            @ld[-]linux*                  | ld-linux-x86-64.so.2
            @/^ld-linux/                  | ld-linux-x86-64.so.2
            @/c[+]+/                      | libstdc++.so.6
            @/^lib/-@/c[+]+/              | libc.so.6
            @/usr/bin/*                   | prog
            @/usr/lib/x86_64-linux-gnu/*  | libc.so.6 libstdc++.so.6
            @/usr/lib/x86_64-linux-gnu/libc.so.6 | libc.so.6
            @/usr/lib/x86_64-linux-gnu/*-@libc.so.6 | libstdc++.so.6
            @/usr/lib*-@*c++*             | libc.so.6 ld-linux-x86-64.so.2
            /@libc/                       | libc.so.6
            //@/libc/                     | libc.so.6
            """)
    void objectsArePickedWithAllTheirSymbols(String expression, String objects) throws FilterSyntaxException {
        List<String> names = objects == null ? List.of() : List.of(objects.split(" "));
        List<ObjectFile> expected =
                OBJECTS.stream().filter(object -> names.contains(object.name())).toList();
        assertThat(picked(expression))
                .containsExactlyInAnyOrderElementsOf(allOf(SYMBOLS, expected).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            malloc@MAIN                        | malloc@prog
            malloc@MAIN+free@libc.so.6         | malloc@prog free@libc.so.6
            malloc@libc.so.6-free              | malloc@libc.so.6
            malloc@libc*-free                  | malloc@libc.so.6
            malloc@libc*+free@MAIN             | malloc@libc.so.6 free@prog
            strlen@ld-linux-x86-64.so.2-free   | strlen@ld-linux-x86-64.so.2
            free@libstdc++.so.6+malloc@MAIN    | free@libstdc++.so.6 malloc@prog
            m*@MAIN-malloc+free@libc.so.6      | free@libc.so.6
            /^m@libc/                          | malloc@libc.so.6
            /^m/@/libc/                        | malloc@libc.so.6
            /^m/@libc.so.6+/^f/@MAIN           | malloc@libc.so.6 free@prog
            /^m@libc/+free@MAIN                | malloc@libc.so.6 free@prog
            @MAIN-str*-free                    | malloc@prog
            """)
    void aRuleHasASymbolAndALibrary(String expression, String expected) throws FilterSyntaxException {
        assertThat(picked(expression)).containsExactlyInAnyOrder(expected.split(" "));
    }

    @Test
    void severalExpressionsPickWhatAnyOfThemPicks() throws FilterSyntaxException {
        FilterExpression filter =
                FilterExpression.anyOf(List.of("@MAIN-malloc", "malloc@libc.so.6"), UnaryOperator.identity());
        assertThat(filter.matches("free", MAIN)).isTrue();
        assertThat(filter.matches("malloc", MAIN)).isFalse();
        assertThat(filter.matches("malloc", LIBC)).isTrue();
        assertThat(filter.matches("free", LIBC)).isFalse();
    }

    @Test
    void whatMayMatchIsToldWithoutAnObject() throws FilterSyntaxException {
        FilterExpression filter = FilterExpression.parse("malloc@libc.so.6+str*");
        assertThat(filter.mayMatch("malloc")).isTrue();
        assertThat(filter.mayMatch("strlen")).isTrue();
        assertThat(filter.mayMatch("free")).isFalse();
        assertThat(FilterExpression.parse("-malloc").mayMatch("free")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/(/",
                "@/[/",
                "/*x/",
                "[z-a]",
                "@[z-a]",
                "+",
                "-",
                "!",
                "+-+-",
                "malloc+",
                "@MAIN-",
                "malloc--free"
            })
    void whatIsNoExpressionIsRefused(String expression) {
        assertThatExceptionOfType(FilterSyntaxException.class).isThrownBy(() -> FilterExpression.parse(expression));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "@", "-@", "@+@", "[", "]", "/", "//", "@/", "a[", "@a[", "@@", "a@b@c", "\\", "[]", "[!]", "a/b", "^",
                "$", "()|", "[&&a]", "[[]"
            })
    void oddOnesAreUnderstoodSomehow(String expression) throws FilterSyntaxException {
        assertThat(picked(expression)).hasSizeLessThanOrEqualTo(SYMBOLS.size() * OBJECTS.size());
    }

    @Test
    void aSymbolIsMatchedByItsOtherNameToo() throws FilterSyntaxException {
        FilterExpression filter = FilterExpression.anyOf(
                List.of("shop::*-_ZN4shop3addEi"), symbol -> symbol.startsWith("_Z") ? "shop::add(int)" : symbol);
        assertThat(filter.matches("_ZN4shop3subEi", LIBC)).isTrue();
        assertThat(filter.mayMatch("_ZN4shop3subEi")).isTrue();
        assertThat(filter.matches("_ZN4shop3addEi", LIBC)).isFalse();
        assertThat(filter.matches("malloc", LIBC)).isFalse();
    }
}
