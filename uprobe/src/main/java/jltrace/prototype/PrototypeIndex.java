package jltrace.prototype;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What each line of a file is about, found without parsing the lines. */
final class PrototypeIndex {

    private final String fileName;
    private final String text;
    private final Map<String, List<Integer>> functionLines = new HashMap<>();
    private final Map<String, TypeDefinition> types = new HashMap<>();
    private final List<Import> imports = new ArrayList<>();
    private final List<PrototypeError> errors = new ArrayList<>();
    private int[] lineStarts = new int[64];
    private int lines;

    /**
     * Where a typedef's LENS begins.
     *
     * @param line its line's index
     * @param offset in characters from the text's beginning
     * @param declared whether a {@code typedef NAME = struct;} came before
     */
    record TypeDefinition(int line, int offset, boolean declared) {}

    /**
     * A file to import.
     *
     * @param name its name, without {@code .conf}
     * @param line the line's index
     * @param offset where the name is quoted, in characters from the text's beginning
     */
    record Import(String name, int line, int offset) {}

    PrototypeIndex(String fileName, String text) {
        this.fileName = fileName;
        this.text = text;
        int start = 0;
        while (start < text.length()) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            addLine(start, end);
            start = end + 1;
        }
    }

    /** The functions' names and the indexes of their lines, the last first: the last line that has no error counts, as in ltrace. */
    Map<String, List<Integer>> functionLines() {
        return functionLines;
    }

    /** The names of the typedefs and where they are. */
    Map<String, TypeDefinition> types() {
        return types;
    }

    /** The files to import, in their order. */
    List<Import> imports() {
        return imports;
    }

    /** The lines that could not even be told apart. */
    List<PrototypeError> errors() {
        return errors;
    }

    /** A line to be parsed, from its beginning. */
    LineScanner line(int index) {
        return new LineScanner(text, lineStarts[index], end(index));
    }

    /** A typedef's LENS to be parsed. */
    LineScanner definition(TypeDefinition definition) {
        return new LineScanner(text, definition.offset(), end(definition.line()));
    }

    /** The error that a line has. */
    PrototypeError error(int index, SyntaxException exception) {
        return new PrototypeError(fileName, index + 1, exception.offset() - lineStarts[index] + 1, exception.problem());
    }

    private int end(int index) {
        int newline = text.indexOf('\n', lineStarts[index]);
        return newline < 0 ? text.length() : newline;
    }

    private void addLine(int start, int end) {
        if (lines == lineStarts.length) {
            lineStarts = Arrays.copyOf(lineStarts, 2 * lines);
        }
        lineStarts[lines++] = start;
        LineScanner scanner = new LineScanner(text, start, end);
        char first = scanner.peek();
        if (scanner.atEnd() || first == ';' || first == '#') {
            return;
        }
        try {
            addItem(scanner);
        } catch (SyntaxException e) {
            errors.add(error(lines - 1, e));
        }
    }

    private void addItem(LineScanner scanner) throws SyntaxException {
        int start = scanner.offset();
        switch (scanner.word()) {
            case "typedef" -> addType(scanner);
            case "import" -> {
                int offset = scanner.offset();
                imports.add(new Import(scanner.expectQuoted("the quoted name of a file"), lines - 1, offset));
            }
            default -> {
                scanner.backTo(start);
                addFunction(PrototypeParser.functionName(scanner));
            }
        }
    }

    private void addFunction(String name) {
        List<Integer> earlier = functionLines.put(name, List.of(lines - 1));
        if (earlier != null) {
            List<Integer> all = new ArrayList<>(earlier);
            all.add(0, lines - 1);
            functionLines.put(name, all);
        }
    }

    private void addType(LineScanner scanner) throws SyntaxException {
        int start = scanner.offset();
        String name = scanner.expectWord("the type's name");
        scanner.expect('=', "and a type");
        TypeDefinition earlier = types.get(name);
        boolean wasDeclared = earlier != null && isDeclaration(definition(earlier));
        if (earlier != null && !wasDeclared) {
            throw new SyntaxException(start, "'" + name + "' is defined already, in line " + (earlier.line() + 1));
        }
        types.put(name, new TypeDefinition(lines - 1, scanner.offset(), wasDeclared));
    }

    /** Whether a typedef's LENS only declares a structure: {@code struct} without fields. */
    static boolean isDeclaration(LineScanner lens) {
        return lens.word().equals("struct") && lens.peek() != '(';
    }
}
