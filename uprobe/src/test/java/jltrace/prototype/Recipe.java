package jltrace.prototype;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What people have to say about a bundled file that is made of headers; {@code uprobe/src/bundle/README.md} has the language.
 *
 * @param title the file's first line
 * @param includes the headers
 * @param functions which of the library's functions, by globs; one that begins with {@code -} takes away
 * @param typedefs lines that are taken over as they are
 * @param constants sets of names whose values the headers tell
 * @param names the names of parameters that the headers leave without one, by their types
 * @param annotations what the headers do not tell, the later before the earlier
 */
record Recipe(
        String title,
        List<String> includes,
        List<String> functions,
        List<String> typedefs,
        List<Constants> constants,
        Map<String, String> names,
        List<Annotation> annotations) {

    private static final Pattern CONSTANTS = Pattern.compile("constants (\\w+) = ((?:enum|flags)(?:\\[\\w+])?) (.*)");
    private static final Pattern ANNOTATION = Pattern.compile("(\\S+) ([\\w,]+|\\.\\.\\.): (.*)");

    /**
     * A type whose constants are macros or enumerators.
     *
     * @param name the type's name
     * @param kind {@code enum} or {@code flags}, with the integer type
     * @param globs the constants
     */
    record Constants(String name, String kind, List<String> globs) {}

    /**
     * What a parameter is shown as.
     *
     * @param function a glob for functions
     * @param parameter the parameter's name, {@code argN} if it has none, {@code return}, or {@code ...} for what follows the last
     * @param lens how to show it; {@code bytes} is as long as the next parameter says, {@code bytes NAME} as the one of that name;
     *     {@code within} is a string that ends there if no zero comes before
     */
    record Annotation(String function, String parameter, String lens) {}

    /** Reads a recipe. */
    static Recipe read(Path file) throws IOException {
        Recipe recipe = new Recipe(
                title(file),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new ArrayList<>(),
                new TreeMap<>(),
                new ArrayList<>());
        for (String line : Files.readAllLines(file)) {
            Matcher constants = CONSTANTS.matcher(line);
            Matcher annotation = ANNOTATION.matcher(line);
            if (line.startsWith("include ")) {
                recipe.includes.addAll(words(line));
            } else if (line.startsWith("functions ")) {
                recipe.functions.addAll(words(line));
            } else if (line.startsWith("typedef ")) {
                recipe.typedefs.add(line);
            } else if (line.startsWith("name ")) {
                int colon = line.indexOf(": ");
                recipe.names.put(line.substring("name ".length(), colon), line.substring(colon + 2));
            } else if (constants.matches()) {
                recipe.constants.add(new Constants(
                        constants.group(1),
                        constants.group(2),
                        List.of(constants.group(3).split(" +", -1))));
            } else if (annotation.matches()) {
                for (String parameter : annotation.group(2).split(",", -1)) {
                    recipe.annotations.add(0, new Annotation(annotation.group(1), parameter, annotation.group(3)));
                }
            } else if (!line.isBlank() && !line.startsWith(";") && !line.startsWith("title ")) {
                throw new IOException(file + ": what is this? " + line);
            }
        }
        return recipe;
    }

    private static String title(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith("title "))
                .map(line -> line.substring("title ".length()))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> words(String line) {
        List<String> words = List.of(line.split(" +", -1));
        return words.subList(1, words.size());
    }

    /** Whether a name is among those of some globs. */
    static boolean matches(List<String> globs, String name) {
        boolean matches = false;
        for (String glob : globs) {
            boolean without = glob.startsWith("-");
            if (matches(without ? glob.substring(1) : glob, name)) {
                matches = !without;
            }
        }
        return matches;
    }

    static boolean matches(String glob, String name) {
        return name.matches(Pattern.quote(glob).replace("*", "\\E.*\\Q").replace("?", "\\E.\\Q"));
    }
}
