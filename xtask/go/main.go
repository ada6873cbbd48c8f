// Judges a cluster with franz-go: writes marked records, reads them back, and tells.
//
//	foreign produce|transactions --bootstrap ADDRESS --topic NAME [--records N] ...
//
// It ends with one line of JSON and exit code 0 or 1.
package main

import (
	"context"
	"fmt"
	"os"
)

func main() {
	figures, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "foreign:", err)
		os.Exit(1)
	}
	fmt.Println(figures.json())
	if !figures.isGood() {
		os.Exit(1)
	}
}

func run(args []string) (*figures, error) {
	options, err := parse(args)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), options.limit)
	defer cancel()
	switch options.run {
	case "produce":
		return judgeProducing(ctx, options)
	case "transactions":
		return judgeTransactions(ctx, options)
	}
	return nil, fmt.Errorf("produce or transactions, not %q", options.run)
}
