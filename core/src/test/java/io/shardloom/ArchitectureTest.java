package io.shardloom;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/** The floors of the house. */
class ArchitectureTest {

    private static final String[] GROUND = {
        "io.shardloom.key..",
        "io.shardloom.strategy..",
        "io.shardloom.topology..",
        "io.shardloom.choice..",
        "io.shardloom.context..",
        "io.shardloom.event..",
        "io.shardloom.merge..",
        "io.shardloom.failure.."
    };
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .importUrl(Sharding.class.getProtectionDomain().getCodeSource().getLocation());

    @Test
    void floorsLookOnlyDown() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("values")
                .definedBy(GROUND)
                .layer("servers")
                .definedBy("io.shardloom.config..", "io.shardloom.server..", "io.shardloom.setting..")
                .layer("operations")
                .definedBy("io.shardloom.id..", "io.shardloom.ddl..", "io.shardloom.atomic..", "io.shardloom.scatter..")
                .layer("door")
                .definedBy("io.shardloom")
                .whereLayer("door")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("operations")
                .mayOnlyBeAccessedByLayers("door")
                .whereLayer("servers")
                .mayOnlyBeAccessedByLayers("operations", "door")
                .check(CLASSES);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.shardloom.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void theGroundFloorDoesNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAnyPackage(GROUND)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.sql..", "javax.sql..", "java.net..", "java.nio.file..", "com.zaxxer..", "org.jboss..")
                .check(CLASSES);
    }

    @Test
    void coreKnowsNoHibernateAndNoJakarta() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.hibernate..", "jakarta..", "org.springframework..", "io.shardloom.testing..")
                .check(CLASSES);
    }
}
