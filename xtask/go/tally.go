package main

import (
	"fmt"
	"os"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// What a producer was told about its records.
type acks struct {
	sync.Mutex
	told   map[mark]int64
	failed int64
}

func newAcks() *acks {
	return &acks{told: make(map[mark]int64)}
}

func (a *acks) add(m mark, offset int64, err error) {
	a.Lock()
	defer a.Unlock()
	if err == nil {
		a.told[m] = offset
		return
	}
	if a.failed++; a.failed <= 5 {
		fmt.Fprintln(os.Stderr, "not acknowledged:", err)
	}
}

func (a *acks) addAll(others *acks) {
	others.Lock()
	defer others.Unlock()
	for m, offset := range others.told {
		a.add(m, offset, nil)
	}
	a.failed += others.failed
}

// Counts what a reader finds: each number once, ascending in its partition.
type tally struct {
	places                               map[mark][]int64
	highest                              map[int32]int64
	read, duplicated, reordered, foreign int64
}

func newTally() *tally {
	return &tally{places: make(map[mark][]int64), highest: make(map[int32]int64)}
}

func (t *tally) take(r *kgo.Record) {
	t.read++
	m, ok := readMark(r)
	if !ok {
		t.foreign++
		return
	}
	t.places[m] = append(t.places[m], r.Offset)
	if len(t.places[m]) > 1 {
		t.duplicated++
	} else if m.number < t.highest[m.partition] {
		t.reordered++
	} else {
		t.highest[m.partition] = m.number
	}
}

// How many acknowledged records are not there, and how many are only at another offset.
func (t *tally) compare(a *acks) (lost, misplaced int64) {
	for m, offset := range a.told {
		places := t.places[m]
		if len(places) == 0 {
			lost++
		} else if offset >= 0 && !contains(places, offset) {
			// A broker that forgot where it put a duplicate says so with a negative offset.
			misplaced++
		}
	}
	return lost, misplaced
}

func contains(places []int64, offset int64) bool {
	for _, place := range places {
		if place == offset {
			return true
		}
	}
	return false
}
