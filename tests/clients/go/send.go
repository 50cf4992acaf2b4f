// Sends render events with fluent-logger-golang, which Docker's log driver uses: send HOST PORT PREFIX COUNT.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/fluent/fluent-logger-golang/fluent"
)

func main() {
	port, err := strconv.Atoi(os.Args[2])
	check(err)
	count, err := strconv.Atoi(os.Args[4])
	check(err)
	prefix := os.Args[3]
	// Half of them with whole seconds, half with the extension type for nanoseconds.
	for half, subSecond := range []bool{false, true} {
		logger, err := fluent.New(fluent.Config{
			FluentHost: os.Args[1], FluentPort: port, RequestAck: true, SubSecondPrecision: subSecond, TagPrefix: "ads",
		})
		check(err)
		for number := half; number < count; number += 2 {
			check(logger.Post("render", map[string]interface{}{
				"event_id":     fmt.Sprintf("%s-%d", prefix, number),
				"page_view_id": prefix,
				"event":        "ad_rendered",
				"elapsed_ms":   float64(number) + 0.5,
			}))
		}
		check(logger.Close())
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
