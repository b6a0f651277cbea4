package io.shardloom.readme.spring;

import io.shardloom.hibernate.spring.ReadOnlyTransactions;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.annotation.EnableTransactionManagement;

@Configuration(proxyBeanMethods = false)
@EnableTransactionManagement
class HotelConfiguration {
    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory() {
        var factory = new LocalContainerEntityManagerFactoryBean();
        factory.setPackagesToScan("io.shardloom.readme.spring");
        factory.setJpaVendorAdapter(new HibernateJpaVendorAdapter());
        factory.setJpaPropertyMap(Map.of(
                "shardloom.node.n1.primary", "jdbc:postgresql://db1:5432/hotel",
                "shardloom.node.n1.replicas", "jdbc:postgresql://db1b:5432/hotel",
                "shardloom.node.n2.primary", "jdbc:postgresql://db2:5432/hotel",
                "shardloom.user", "${DB_USER:hotel}",
                "shardloom.password", "${DB_PASSWORD:}"));
        return factory;
    }

    @Bean
    JpaTransactionManager transactionManager(EntityManagerFactory factory) {
        var manager = new JpaTransactionManager(factory);
        manager.addListener(new ReadOnlyTransactions());
        return manager;
    }
}
