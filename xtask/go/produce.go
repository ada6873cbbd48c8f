package main

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Writes the records, keeps what the producer is told about each, and reads them back.
func judgeProducing(ctx context.Context, o *options) (*figures, error) {
	began := time.Now()
	told, err := fill(ctx, o)
	if err != nil {
		return nil, err
	}
	f := newFigures("franz-go", time.Since(began))
	found := newTally()
	if err := readAll(ctx, o, o.topic, kgo.ReadUncommitted(), found.take); err != nil {
		return nil, err
	}
	f.demandDelivery(o, told, found)
	return f, nil
}

// Creates the topic and writes all records into it.
func fill(ctx context.Context, o *options) (*acks, error) {
	if err := createTopic(ctx, o, o.topic); err != nil {
		return nil, err
	}
	opts, err := o.producer()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(opts...)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	told := newAcks()
	for i := range o.records {
		m := mark{producer: "franz-go", partition: int32(i % partitions), number: i / partitions}
		client.Produce(ctx, m.record(o.topic), func(r *kgo.Record, err error) {
			told.add(m, r.Offset, err)
		})
	}
	return told, client.Flush(ctx)
}
