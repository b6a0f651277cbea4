package io.shardloom.hibernate.internal.mapping;

import java.beans.Introspector;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Finds the annotated attributes of a class and its superclasses, on fields and on getters. */
final class AnnotatedMembers {
    private AnnotatedMembers() {}

    /** An annotated attribute. */
    record Found<A extends Annotation>(A annotation, Class<?> type) {}

    /** Returns attribute name to annotation and type, those of superclasses first. */
    static <A extends Annotation> Map<String, Found<A>> of(Class<?> type, Class<A> annotation) {
        var found = new LinkedHashMap<String, Found<A>>();
        var classes = new ArrayList<Class<?>>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            classes.add(0, c);
        }
        for (var c : classes) {
            for (Field field : c.getDeclaredFields()) {
                add(found, field, field.getName(), field.getType(), annotation);
            }
            for (Method method : c.getDeclaredMethods()) {
                add(found, method, attributeOf(method), method.getReturnType(), annotation);
            }
        }
        return found;
    }

    /** Returns the annotations of one attribute, of its field and of its getter. */
    static List<Annotation> annotationsOf(Class<?> type, String attribute) {
        var found = new ArrayList<Annotation>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            for (Field field : c.getDeclaredFields()) {
                if (field.getName().equals(attribute)) {
                    found.addAll(List.of(field.getAnnotations()));
                }
            }
            for (Method method : c.getDeclaredMethods()) {
                if (method.getParameterCount() == 0 && attributeOf(method).equals(attribute)) {
                    found.addAll(List.of(method.getAnnotations()));
                }
            }
        }
        return found;
    }

    private static <A extends Annotation, M extends Member & AnnotatedElement> void add(
            Map<String, Found<A>> found, M member, String attribute, Class<?> type, Class<A> annotation) {
        var present = member.getAnnotation(annotation);
        if (present != null && !member.isSynthetic()) {
            found.put(attribute, new Found<>(present, type));
        }
    }

    private static String attributeOf(Method method) {
        var name = method.getName();
        if (name.startsWith("get") && name.length() > 3) {
            return Introspector.decapitalize(name.substring(3));
        }
        if (name.startsWith("is") && name.length() > 2) {
            return Introspector.decapitalize(name.substring(2));
        }
        return name;
    }
}
