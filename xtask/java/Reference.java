package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * The reference's message classes, found by the names in the specs.
 *
 * <p>Reflection keeps this program free of a list of messages: a newer jar needs no change here.
 */
final class Reference {
    private static final String PACKAGE = "org.apache.kafka.common.message.";

    private Reference() {}

    /** A message as its constructor leaves it. */
    static Message fresh(Spec.Definition definition) {
        try {
            Class<?> type = Class.forName(PACKAGE + definition.className());
            return (Message) type.getConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(definition.name() + " has no usable class", e);
        }
    }

    static Message fromJson(Spec.Definition definition, JsonNode document, int version) {
        Method read = converter(definition, "read", JsonNode.class, short.class);
        return (Message) call(read, null, document, (short) version);
    }

    static JsonNode toJson(Spec.Definition definition, Message message, int version) {
        Method write = converter(definition, "write", message.getClass(), short.class,
                boolean.class);
        return (JsonNode) call(write, null, message, (short) version, true);
    }

    /** The bytes of a message; fails if the size that was counted first is not what is written. */
    static byte[] bytes(Message message, int version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = message.size(cache, (short) version);
        ByteBuffer buffer = ByteBuffer.allocate(size);
        message.write(new ByteBufferAccessor(buffer), cache, (short) version);
        Check.that(buffer.remaining() == 0, "size() is larger than what write() writes");
        return buffer.array();
    }

    /** Reads a message; fails if bytes are left over. */
    static Message fromBytes(Spec.Definition definition, byte[] bytes, int version) {
        Message message = fresh(definition);
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        message.read(new ByteBufferAccessor(buffer), (short) version);
        Check.that(buffer.remaining() == 0, "read() leaves bytes over");
        return message;
    }

    /** The struct at a path like `topics[0].partitions[2]`; the empty path is the message. */
    static Message at(Message root, String path) {
        Object here = root;
        for (String step : path.isEmpty() ? new String[0] : path.split("\\.")) {
            int bracket = step.indexOf('[');
            here = getter(here, bracket < 0 ? step : step.substring(0, bracket));
            if (bracket >= 0) {
                int index = Integer.parseInt(step.substring(bracket + 1, step.length() - 1));
                here = element((Collection<?>) here, index);
            }
        }
        return (Message) here;
    }

    /** Sets a field of a struct to null, or one element if `index` is not negative. */
    @SuppressWarnings("unchecked")
    static void setNull(Message struct, String field, int index) {
        if (index >= 0) {
            ((List<Object>) getter(struct, field)).set(index, null);
            return;
        }
        set(struct, field, null);
    }

    /** Gives a field of one struct the value of the same field of another. */
    static void move(Message from, Message to, String field) {
        set(to, field, getter(from, field));
    }

    private static void set(Message struct, String field, Object value) {
        String setter = "set" + field.substring(0, 1).toUpperCase() + field.substring(1);
        for (Method method : struct.getClass().getMethods()) {
            if (method.getName().equals(setter) && method.getParameterCount() == 1) {
                call(method, struct, new Object[] {value});
                return;
            }
        }
        throw new IllegalStateException(struct.getClass() + " has no " + setter);
    }

    /** Some collections of the reference are linked sets, so elements are counted off. */
    private static Object element(Collection<?> collection, int index) {
        Iterator<?> elements = collection.iterator();
        for (int skipped = 0; skipped < index; skipped++) {
            elements.next();
        }
        return elements.next();
    }

    private static Object getter(Object struct, String name) {
        try {
            return call(struct.getClass().getMethod(name), struct);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(struct.getClass() + " has no " + name, e);
        }
    }

    private static Method converter(Spec.Definition definition, String name, Class<?>... types) {
        try {
            String type = PACKAGE + definition.className() + "JsonConverter";
            return Class.forName(type).getMethod(name, types);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(definition.name() + " has no JSON converter", e);
        }
    }

    /** Calls a method and passes on what the reference throws, unwrapped. */
    private static Object call(Method method, Object receiver, Object... arguments) {
        try {
            return method.invoke(receiver, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
