package vectors;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.utils.AppInfoParser;

/** Lists what the reference's producer can be told: a property a line, in columns; `-` for nothing. */
final class ProducerProperties {
    private ProducerProperties() {}

    static void write(Path file) throws IOException {
        StringBuilder lines = new StringBuilder();
        lines.append("# Properties of the producer of Apache Kafka's Java client ")
                .append(AppInfoParser.getVersion())
                .append(", from ProducerConfig.configDef.\n")
                .append("# Remade by `cargo xtask properties`.\n")
                .append("# name\ttype\tdefault\tvalid\n");
        var keys = new TreeMap<>(ProducerConfig.configDef().configKeys());
        for (ConfigDef.ConfigKey key : keys.values()) {
            lines.append(String.join("\t", key.name, key.type.name().toLowerCase(),
                    cell(defaultOf(key)), cell(valid(key)))).append('\n');
        }
        Files.writeString(file, lines);
    }

    private static String cell(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private static String defaultOf(ConfigDef.ConfigKey key) {
        if (!key.hasDefault()) {
            return "(required)";
        }
        Object value = key.defaultValue;
        if (value == null) {
            return "(none)";
        }
        if (value instanceof Password) {
            return "(secret)";
        }
        if (value instanceof List<?> list) {
            return String.join(",", list.stream().map(Object::toString).toList());
        }
        return value instanceof Class<?> type ? type.getName() : value.toString();
    }

    private static String valid(ConfigDef.ConfigKey key) {
        String text = key.validator == null ? "" : key.validator.toString();
        return text.contains("@") || text.contains("Lambda") ? "" : text.replaceAll("\\s+", " ");
    }
}
