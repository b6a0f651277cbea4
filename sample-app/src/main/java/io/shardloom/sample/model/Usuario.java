package io.shardloom.sample.model;

import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** A user, who lives on the shard of a country. The id is one number over all shards. */
@Entity
@Table(name = "usuarios")
public class Usuario {
    @Id
    @GlobalSequence(name = "usuarios_id", block = 1)
    private Integer id;

    private String nome;

    @ShardKey
    private String pais;

    protected Usuario() {}

    /**
     * Makes a user without an id yet.
     *
     * @param nome the name
     * @param pais the country
     */
    public Usuario(String nome, String pais) {
        this.nome = nome;
        this.pais = pais;
    }

    public Integer id() {
        return id;
    }

    public String nome() {
        return nome;
    }

    public String pais() {
        return pais;
    }
}
