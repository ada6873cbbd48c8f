package vectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.apache.kafka.common.protocol.Message;

/** Writes the lines of `refusals.jsonl.gz`: contents that the reference does not write. */
final class RefusalLines {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    /** The longest text that any version can hold, in bytes. */
    private static final int LONGEST_TEXT = Short.MAX_VALUE;

    private final long seed;
    private final Output output;

    RefusalLines(long seed, Output output) {
        this.seed = seed;
        this.output = output;
    }

    void write(List<Spec.Definition> definitions) throws IOException {
        for (Spec.Definition definition : definitions) {
            for (Place place : Place.all(definition)) {
                writeAbsent(definition, place);
                writeNull(definition, place);
                writeLongText(definition, place);
                writeOutOfRange(definition, place);
            }
            writeTagsWithoutSection(definition);
            writeBadTags(definition);
        }
    }

    /** A field that may not be ignored has a value at a version that lacks it. */
    private void writeAbsent(Spec.Definition definition, Place place) throws IOException {
        Spec.Field field = place.field();
        if (field.ignorable()) {
            return;
        }
        for (int version : neighbours(definition, place)) {
            int home = place.nearest(definition, version);
            Random random = random(definition, version, "absent", place);
            Contents contents = new Contents(random, Profile.REFUSED, home).withEveryField();
            writeAbsentIn(definition, place, version, home, contents.nonDefault(field));
            if (field.nullable().contains(home) && !field.defaultValue(home).isNull()) {
                writeAbsentIn(definition, place, version, home, JSON.nullNode());
            }
        }
    }

    /**
     * Most converters refuse structs of another version, so the value is read as part of a message
     * of its home version and then moved.
     */
    private void writeAbsentIn(Spec.Definition definition, Place place, int version, int home,
            JsonNode value) throws IOException {
        Random random = random(definition, version, "absent-field", place);
        ObjectNode atHome = document(definition, home, random);
        Place.Found origin = place.find(atHome, random);
        origin.struct().set(place.field().name(), value);
        Message donor = Reference.fromJson(definition, atHome, home);

        ObjectNode document = document(definition, version, random);
        Place.Found found = place.find(document, random);
        Message message = Reference.fromJson(definition, document, version);
        Reference.move(Reference.at(donor, origin.structPath()),
                Reference.at(message, found.structPath()), place.field().name());
        found.struct().set(place.field().name(), value);
        Refusal refusal = new Refusal(definition, version, "absent-field", found.path());
        output.write(refusal.of(document, List.of(), message));
    }

    /** The versions next to those of the field in which all that encloses it is there. */
    private static TreeSet<Integer> neighbours(Spec.Definition definition, Place place) {
        TreeSet<Integer> without = new TreeSet<>();
        if (place.nearest(definition, 0) < 0) {
            return without;
        }
        for (int v = definition.valid().low(); v <= definition.valid().high(); v++) {
            if (place.isEnclosedIn(v) && !place.field().versions().contains(v)) {
                without.add(v);
            }
        }
        TreeSet<Integer> chosen = new TreeSet<>();
        Integer below = without.lower(place.field().versions().low());
        Integer above = without.higher(place.field().versions().high());
        if (below != null) {
            chosen.add(below);
            chosen.add(without.first());
        }
        if (above != null) {
            chosen.add(above);
            chosen.add(without.last());
        }
        return chosen;
    }

    private void writeWith(Spec.Definition definition, Place place, int version, String reason,
            JsonNode value) throws IOException {
        Random random = random(definition, version, reason, place);
        ObjectNode document = document(definition, version, random);
        Place.Found found = place.find(document, random);
        found.struct().set(place.field().name(), value);
        Refusal refusal = new Refusal(definition, version, reason, found.path());
        output.write(refusal.of(document, List.of(), Reference.fromJson(definition, document,
                version)));
    }

    /** Null stands where the version does not allow it, always if another version does. */
    private void writeNull(Spec.Definition definition, Place place) throws IOException {
        Spec.Field field = place.field();
        TreeSet<Integer> strict = new TreeSet<>();
        boolean isEverNullable = false;
        for (int v = definition.valid().low(); v <= definition.valid().high(); v++) {
            if (place.isEnclosedIn(v) && field.versions().contains(v)) {
                boolean isNullable = field.nullable().contains(v);
                isEverNullable |= isNullable;
                if (!isNullable) {
                    strict.add(v);
                }
            }
        }
        if (strict.isEmpty() || !place.canHoldNull()) {
            return;
        }
        if (isEverNullable) {
            writeNullIn(definition, place, strict.first(), -1);
            writeNullIn(definition, place, strict.last(), -1);
        } else if (random(definition, 0, "null?", place).nextInt(6) == 0) {
            writeNullIn(definition, place, strict.last(), -1);
        }
        if (field.type().equals("[]string") || field.type().equals("[]bytes")) {
            writeNullIn(definition, place, strict.last(), 0);
        }
    }

    /** The converters refuse some of these nulls, so a setter of the message puts them there. */
    private void writeNullIn(Spec.Definition definition, Place place, int version, int index)
            throws IOException {
        Random random = random(definition, version, "null", place);
        ObjectNode document = document(definition, version, random);
        Place.Found found = place.find(document, random);
        Message message = Reference.fromJson(definition, document, version);
        String name = place.field().name();
        Reference.setNull(Reference.at(message, found.structPath()), name, index);
        String path = found.path();
        if (index < 0) {
            found.struct().putNull(name);
        } else {
            ((ArrayNode) found.struct().get(name)).set(index, JSON.nullNode());
            path += "[" + index + "]";
        }
        Refusal refusal = new Refusal(definition, version, "null", path);
        output.write(refusal.of(document, List.of(), message));
    }

    /** One byte too many, in one text of a message here and there. */
    private void writeLongText(Spec.Definition definition, Place place) throws IOException {
        Spec.Field field = place.field();
        int version = definition.valid().high();
        Random random = random(definition, version, "long", place);
        if (!field.elementType().equals("string") || random.nextInt(8) != 0) {
            return;
        }
        version -= random.nextInt(version - definition.valid().low() + 1);
        if (!place.isEnclosedIn(version) || !field.versions().contains(version)) {
            return;
        }
        String text = new Values(random, Profile.REFUSED).text(LONGEST_TEXT + 1, 12);
        JsonNode value = JSON.textNode(text);
        writeWith(definition, place, version, "long-text",
                field.isArray() ? JSON.arrayNode().add(value) : value);
    }

    /** The one integer type that the reference holds in a wider one. */
    private void writeOutOfRange(Spec.Definition definition, Place place) throws IOException {
        if (!place.field().type().equals("uint16")) {
            return;
        }
        int version = definition.valid().high();
        for (long value : new long[] {-1, 0x10000}) {
            Random random = random(definition, version, "range", place);
            ObjectNode document = document(definition, version, random);
            Place.Found found = place.find(document, random);
            found.struct().put(place.field().name(), value);
            Refusal refusal = new Refusal(definition, version, "out-of-range", found.path());
            output.write(refusal.atRead(document));
        }
    }

    /** Unknown tags at a version that has no room for any. */
    private void writeTagsWithoutSection(Spec.Definition definition) throws IOException {
        List<Integer> versions = new ArrayList<>();
        for (int v = definition.valid().low(); v <= definition.valid().high(); v++) {
            if (!definition.isFlexible(v)) {
                versions.add(v);
            }
        }
        if (versions.isEmpty()) {
            return;
        }
        Random random = Output.random(seed, "tags", definition.name());
        int version = versions.get(random.nextInt(versions.size()));
        ObjectNode document = document(definition, version, random);
        writeTags(definition, version, "tags-not-allowed", document,
                UnknownTag.choose(random, "", definition.fields()));
        List<UnknownTag> nested = UnknownTag.chooseNested(random, definition, document);
        if (!nested.isEmpty() && random.nextInt(2) == 0) {
            writeTags(definition, version, "tags-not-allowed", document, nested);
        }
    }

    /**
     * Unknown tags that are out of order or come twice, in a message here and there. One that a
     * known field uses is no refusal: the reference writes both.
     */
    private void writeBadTags(Spec.Definition definition) throws IOException {
        int version = definition.valid().high();
        Random random = Output.random(seed, "bad tags", definition.name());
        if (!definition.isFlexible(version) || random.nextInt(8) != 0) {
            return;
        }
        ObjectNode document = document(definition, version, random);
        byte[] data = {1, 2, 3};
        for (int first : new int[] {127, 128}) {
            writeTags(definition, version, "tags-unordered", document,
                    List.of(new UnknownTag("", first, data), new UnknownTag("", 127, data)));
        }
    }

    private void writeTags(Spec.Definition definition, int version, String reason,
            ObjectNode document, List<UnknownTag> tags) throws IOException {
        Refusal refusal = new Refusal(definition, version, reason, tags.get(0).path());
        Message message = Reference.fromJson(definition, document, version);
        output.write(refusal.of(document, tags, message));
    }

    private static ObjectNode document(Spec.Definition definition, int version, Random random) {
        return new Contents(random, Profile.REFUSED, version).document(definition);
    }

    private Random random(Spec.Definition definition, int version, String reason, Place place) {
        return Output.random(seed, definition.name(), version, reason, place.path());
    }
}
