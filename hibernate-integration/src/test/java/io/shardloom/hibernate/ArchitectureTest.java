package io.shardloom.hibernate;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The rules of the house for this module. */
class ArchitectureTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.shardloom");

    @Test
    void coreKnowsNoHibernate() {
        noClasses()
                .that()
                .resideInAPackage("io.shardloom..")
                .and()
                .resideOutsideOfPackage("io.shardloom.hibernate..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.hibernate..", "jakarta.persistence..", "io.shardloom.hibernate..")
                .check(OURS);
    }

    @Test
    void nothingParsesSqlOrWrapsADriver() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(
                        "io.shardloom.server.PoolSource") // gives a pool the driver's own connections
                .should()
                .implement("java.sql.Driver")
                .orShould()
                .implement("java.sql.Connection")
                .orShould()
                .implement("javax.sql.DataSource")
                .check(OURS);
    }

    @Test
    void sessionsAreHibernatesOwn() {
        noClasses()
                .that()
                .areNotAssignableTo("org.hibernate.internal.SessionImpl")
                .should()
                .implement("org.hibernate.Session")
                .check(OURS);
    }

    @Test
    void hibernatesBootModelIsKeptToThePackagesThatReadAndShapeIt() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.shardloom.hibernate.internal.id..",
                        "io.shardloom.hibernate.internal.mapping..",
                        "io.shardloom.hibernate.internal.schema..",
                        "io.shardloom.hibernate.internal.persister..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.hibernate.mapping..")
                .check(OURS);
    }

    @Test
    void persistersGuardsAndGeneratorsKnowNothingOfEachOther() {
        slices().matching("io.shardloom.hibernate.internal.(persister|write|id)..")
                .should()
                .notDependOnEachOther()
                .check(OURS);
    }

    @Test
    void springIsKeptToAPackageThatNothingNeeds() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.shardloom.hibernate.spring..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.springframework..", "io.shardloom.hibernate.spring..")
                .check(OURS);
    }
}
