package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// The one line of JSON that a run ends with, and the verdict in it.
type figures struct {
	run        string
	seconds    float64
	names      []string
	counts     map[string]int64
	violations int
}

func newFigures(run string, taken time.Duration) *figures {
	return &figures{run: run, seconds: taken.Seconds(), counts: make(map[string]int64)}
}

func (f *figures) put(name string, count int64) {
	f.names = append(f.names, name)
	f.counts[name] = count
}

func (f *figures) demand(holds bool, format string, a ...any) {
	if !holds {
		f.violations++
		fmt.Fprintf(os.Stderr, f.run+": "+format+"\n", a...)
	}
}

func (f *figures) demandZero(names ...string) {
	for _, name := range names {
		f.demand(f.counts[name] == 0, "%s is %d and not 0", name, f.counts[name])
	}
}

func (f *figures) demandEqual(left, right string) {
	l, r := f.counts[left], f.counts[right]
	f.demand(l == r, "%s is %d and %s is %d", left, l, right, r)
}

// What any run demands; order and single copies only where they are promised.
func (f *figures) demandDelivery(o *options, a *acks, t *tally) {
	lost, misplaced := t.compare(a)
	f.put("records", int64(len(a.told)))
	f.put("read", t.read)
	f.put("lost", lost)
	f.put("duplicated", t.duplicated)
	f.put("reordered", t.reordered)
	f.put("foreign", t.foreign)
	f.put("misplaced", misplaced)
	f.put("failed", a.failed)
	f.put("asked", o.records)
	f.demandEqual("records", "asked")
	f.demandZero("lost", "foreign", "misplaced", "failed")
	if o.demand == "exact" {
		f.demandZero("duplicated", "reordered")
		f.demandEqual("read", "records")
	}
}

func (f *figures) isGood() bool {
	return f.violations == 0
}

func (f *figures) json() string {
	var pairs strings.Builder
	for _, name := range f.names {
		fmt.Fprintf(&pairs, ",%q:%d", name, f.counts[name])
	}
	return fmt.Sprintf("{\"run\":%q,\"ok\":%t,\"seconds\":%.2f%s}", f.run, f.isGood(), f.seconds,
		pairs.String())
}
