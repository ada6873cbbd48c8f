package main

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"
)

const valueLength = 100

// As many as four bits can choose between.
var words = [16]string{
	"alpha ", "broker ", "commit ", "delta ", "epoch ", "fence ", "group ", "hash ", "index ",
	"jitter ", "key ", "leader ", "member ", "node ", "offset ", "page ",
}

// Who wrote a record, for which partition, and how many came before it there. Key, headers and
// value of a record all follow from its mark; the programs in other languages write the same.
type mark struct {
	producer  string
	partition int32
	number    int64
}

func (m mark) key() []byte {
	return fmt.Appendf(nil, "key-%d", m.number)
}

func (m mark) value() []byte {
	value := make([]byte, 0, valueLength+8)
	value = fmt.Appendf(value, "%s|%d|%d|", m.producer, m.partition, m.number)
	// Knuth's generator: words that codecs can shorten, and that differ between records.
	state := uint64(m.number)
	for len(value) < valueLength {
		state = state*6364136223846793005 + 1442695040888963407
		value = append(value, words[state>>60]...)
	}
	return value[:valueLength]
}

func (m mark) record(topic string) *kgo.Record {
	return &kgo.Record{
		Topic:     topic,
		Partition: m.partition,
		Key:       m.key(),
		Value:     m.value(),
		Headers: []kgo.RecordHeader{
			{Key: "producer", Value: []byte(m.producer)},
			{Key: "number", Value: binary.BigEndian.AppendUint64(nil, uint64(m.number))},
		},
	}
}

// The mark of a record that is as its mark demands.
func readMark(r *kgo.Record) (mark, bool) {
	if len(r.Headers) < 2 || r.Headers[0].Key != "producer" || r.Headers[1].Key != "number" ||
		len(r.Headers[1].Value) != 8 {
		return mark{}, false
	}
	m := mark{
		producer:  string(r.Headers[0].Value),
		partition: r.Partition,
		number:    int64(binary.BigEndian.Uint64(r.Headers[1].Value)),
	}
	return m, bytes.Equal(r.Key, m.key()) && bytes.Equal(r.Value, m.value())
}
