package foreign;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Headers;

/** Makes records of ours out of plain numbers and keeps what the producer is told about them. */
public final class MarkingInterceptor implements ProducerInterceptor<byte[], byte[]> {
    /** There is one producer in this program, and Kafka makes the interceptor. */
    static final Acks ACKS = new Acks();

    private static final String NAME = "perf";

    @Override
    public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> record) {
        String number = new String(record.value(), StandardCharsets.UTF_8);
        return Content.record(record.topic(), record.partition(), mark(Long.parseLong(number)));
    }

    @Override
    public void onAcknowledgement(RecordMetadata told, Exception error, Headers headers) {
        if (error == null) {
            Content.Mark mark = mark(Content.number(headers));
            ACKS.add(mark.stream(), told.partition(), mark.number(), told.offset());
        } else {
            ACKS.fail(error);
        }
    }

    private static Content.Mark mark(long number) {
        return new Content.Mark(NAME, Content.ANY, number);
    }

    @Override
    public void configure(Map<String, ?> settings) {}

    @Override
    public void close() {}
}
