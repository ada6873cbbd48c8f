package foreign;

import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** What a run is told: pairs of an option's name and its value. */
final class Options {
    private final Map<String, String> values = new TreeMap<>();

    Options(String[] arguments, int from) {
        for (int i = from; i < arguments.length; i += 2) {
            if (!arguments[i].startsWith("--") || i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " is no option with a value");
            }
            values.put(arguments[i].substring(2), arguments[i + 1]);
        }
    }

    String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException("--" + name + " is missing");
        }
        return value;
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    long number(String name, long otherwise) {
        String value = values.get(name);
        return value == null ? otherwise : Long.parseLong(value);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    String topic() {
        return text("topic");
    }

    long records() {
        return number("records", 100_000);
    }

    int partitions() {
        return (int) number("partitions", 3);
    }

    /** `exact`, or `counted`: duplicates and reorderings are then told, not judged. */
    boolean demandsOrder() {
        return switch (text("demand", "exact")) {
            case "exact" -> true;
            case "counted" -> false;
            default -> throw new IllegalArgumentException("--demand is exact or counted");
        };
    }

    boolean isIdempotent() {
        return !text("mode", "idempotent").equals("plain");
    }

    /** Settings that every client of this run starts from. */
    Properties client() {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", text("bootstrap"));
        return properties;
    }

    /** Settings of a producer: those of Kafka, but for what the run is about. */
    Properties producer() {
        Properties properties = client();
        properties.put("enable.idempotence", Boolean.toString(isIdempotent()));
        properties.put("acks", "all");
        properties.put("compression.type", text("codec", "none"));
        properties.put("linger.ms", "5");
        return properties;
    }
}
