package vectors;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Changes in the compressed part that do not depend on how a codec frames it. */
final class PayloadMutations {
    private static final int FLIPS = 10;
    private static final byte[] JUNK = "garbage".getBytes(StandardCharsets.UTF_8);

    private final long seed;

    PayloadMutations(long seed) {
        this.seed = seed;
    }

    void addTo(BadBatchLines.Sink sink) {
        for (String codec : Codecs.COMPRESSING) {
            byte[] payload = RawBatch.payload(codec);
            addFlips(sink, codec, payload);
            addTails(sink, codec, payload);
            addCuts(sink, codec, payload);
            addOtherCodecs(sink, codec, payload);
            addPlain(sink, codec);
        }
    }

    private void addFlips(BadBatchLines.Sink sink, String codec, byte[] payload) {
        Random random = Output.random(seed, "bad-batches", "flip", codec);
        for (int i = 0; i < FLIPS; i++) {
            int at = random.nextInt(payload.length);
            int bit = random.nextInt(8);
            add(sink, "bit " + bit + " of byte " + at + " flipped", codec,
                    Bytes.withFlip(payload, at, 1 << bit));
        }
    }

    private void addTails(BadBatchLines.Sink sink, String codec, byte[] payload) {
        add(sink, "7 bytes of junk behind", codec, Bytes.join(payload, JUNK));
        add(sink, "20 bytes of junk behind", codec, Bytes.join(payload, JUNK, JUNK,
                Bytes.first(JUNK, 6)));
        for (int zeros : new int[] {1, 4, 20}) {
            add(sink, zeros + " zeros behind", codec, Bytes.join(payload, new byte[zeros]));
        }
        add(sink, "the same again behind", codec, Bytes.join(payload, payload));
        add(sink, "a compressed nothing behind", codec,
                Bytes.join(payload, Codecs.compress(codec, new byte[0])));
        byte[] plain = RawBatch.plain();
        int half = plain.length / 2;
        add(sink, "two frames of half the records each", codec,
                Bytes.join(Codecs.compress(codec, Bytes.first(plain, half)),
                        Codecs.compress(codec, Bytes.from(plain, half))));
    }

    private void addCuts(BadBatchLines.Sink sink, String codec, byte[] payload) {
        add(sink, "empty", codec, new byte[0]);
        for (int left : new int[] {1, 3, 7, payload.length / 2}) {
            add(sink, "first " + left + " bytes", codec, Bytes.first(payload, left));
        }
        for (int cut : new int[] {1, 4, 8}) {
            add(sink, "last " + cut + " bytes missing", codec,
                    Bytes.first(payload, payload.length - cut));
        }
        add(sink, "a compressed nothing", codec, Codecs.compress(codec, new byte[0]));
    }

    private void addOtherCodecs(BadBatchLines.Sink sink, String codec, byte[] payload) {
        for (String other : Codecs.ALL) {
            if (!other.equals(codec)) {
                sink.add("payload", "content of codec " + codec, other, true,
                        RawBatch.framed(other, payload));
            }
        }
    }

    /** What the codec holds is more or less than the records. */
    private void addPlain(BadBatchLines.Sink sink, String codec) {
        byte[] plain = RawBatch.plain();
        add(sink, "records without compression", codec, plain);
        add(sink, "one byte behind the records", codec,
                Codecs.compress(codec, Bytes.join(plain, new byte[1])));
        add(sink, "a fourth record behind the records", codec,
                Codecs.compress(codec, Bytes.join(plain, RawRecord.sound(3).bytes())));
        add(sink, "the last record's last byte missing", codec,
                Codecs.compress(codec, Bytes.first(plain, plain.length - 1)));
        add(sink, "compressed twice", codec,
                Codecs.compress(codec, Codecs.compress(codec, plain)));
    }

    private static void add(BadBatchLines.Sink sink, String text, String codec, byte[] payload) {
        sink.add("payload", text, codec, true, RawBatch.framed(codec, payload));
    }
}
