package jltrace;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.FileStore;
import org.apache.logging.log4j.Logger;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that compiled classes can break. */
class ArchitectureTest {
    private static final String[] ELF = {
        "jltrace.bytes..", "jltrace.cache..", "jltrace.elf..", "jltrace.dwarf..", "jltrace.code..", "jltrace.type.."
    };
    private static final String CLI = "jltrace.cli..";

    private static final DescribedPredicate<JavaClass> IN_ELF = resideInAnyPackage(ELF);
    private static final DescribedPredicate<JavaClass> IN_CLI = resideInAPackage(CLI);
    private static final DescribedPredicate<JavaClass> IN_UPROBE = resideInAPackage("jltrace..")
            .and(describe("of the module uprobe", one -> !IN_ELF.test(one) && !IN_CLI.test(one)));

    private static final JavaClasses CLASSES =
            new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages("jltrace");

    @Test
    void elfUsesNeitherUprobeNorCli() {
        check(noClasses().that(IN_ELF).should().dependOnClassesThat(IN_UPROBE.or(IN_CLI)));
    }

    @Test
    void uprobeDoesNotUseCli() {
        check(noClasses().that(IN_UPROBE).should().dependOnClassesThat(IN_CLI));
    }

    @Test
    void noPackagesUseEachOther() {
        check(slices().matching("(jltrace..)").should().beFreeOfCycles());
    }

    @Test
    void onlySysUsesJna() {
        onlyIn("com.sun.jna..", "jltrace.sys..");
    }

    @Test
    void onlySectionDataUsesCommonsCompress() {
        check(noClasses()
                .that()
                .doNotHaveFullyQualifiedName("jltrace.elf.SectionData")
                .and()
                .haveNameNotMatching("jltrace\\.elf\\.SectionData\\$.*")
                .should()
                .dependOnClassesThat(resideInAPackage("org.apache.commons.compress..")));
    }

    @Test
    void onlyCliUsesPicocli() {
        onlyIn("picocli..", CLI);
    }

    @Test
    void onlyCliUsesLog4jCore() {
        onlyIn("org.apache.logging.log4j.core..", CLI);
    }

    /** Log4j takes about a tenth of a second to start. In a nested class it starts with the first message, if there is one. */
    @Test
    void loggersWaitInANestedClassForTheFirstMessage() {
        check(fields().that()
                .haveRawType(Logger.class)
                .should()
                .beDeclaredInClassesThat()
                .haveNameMatching(".*\\$Log"));
    }

    /** The JDK finds a file's store in the mount table. In a chroot it is not there, and asking fails. */
    @Test
    void nobodyAsksForTheStoreOfAFile() {
        check(noClasses().should().dependOnClassesThat(type(FileStore.class)));
    }

    @Test
    void everyPackageIsNullMarked() {
        check(classes()
                .should(be(describe(
                        "in a @NullMarked package", type -> type.getPackage().isAnnotatedWith(NullMarked.class)))));
    }

    private static void onlyIn(String used, String user) {
        check(noClasses().that().resideOutsideOfPackage(user).should().dependOnClassesThat(resideInAPackage(used)));
    }

    /** A rule about a package that does not exist yet holds. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }
}
