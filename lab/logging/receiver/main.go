// The receiver takes events as Logstash does, from Beats and as lines of JSON, and writes them to data streams of
// Elasticsearch. It says "stored" to a sender when Elasticsearch has said so.
//
//	receiver SETTINGS.json
//	receiver health SETTINGS.json   asks the one that runs, and ends with 0 or 1
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// How long the end waits for lines to be stored that were taken: less than what Docker gives a container.
const grace = 8 * time.Second

func main() {
	slog.SetDefault(slog.New(slog.NewJSONHandler(os.Stderr, nil)))
	if err := start(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func start(args []string) error {
	switch {
	case len(args) == 1:
		return run(args[0])
	case len(args) == 2 && args[0] == "health":
		return ask(args[1])
	default:
		return errors.New("usage: receiver [health] SETTINGS.json")
	}
}

func run(file string) error {
	s, err := readSettings(file)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	writing, end := context.WithCancel(context.Background())
	defer end()
	to, err := newStore(writing, s)
	if err != nil {
		return err
	}

	api, err := net.Listen("tcp", s.API)
	if err != nil {
		return err
	}
	http.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(to.health())
	})
	go func() { _ = http.Serve(api, nil) }()

	if s.Beats != nil {
		on, err := listen(*s.Beats)
		if err != nil {
			return err
		}
		go func() { _ = serveBeats(ctx, on, s.DataStream, to) }()
	}
	lines := make(chan struct{})
	if s.Lines != nil {
		on, err := listen(*s.Lines)
		if err != nil {
			return err
		}
		go func() {
			defer close(lines)
			serveLines(ctx, on, s.DataStream, to)
		}()
	} else {
		close(lines)
	}
	slog.Info("the receiver listens")
	<-ctx.Done()
	// What Beats sent and nobody acknowledged comes again, and is found to be there. Lines don't.
	slog.Info("the receiver ends", "held", to.held.Load())
	select {
	case <-lines:
	case <-time.After(grace):
		end()
		<-lines
	}
	return nil
}

func ask(file string) error {
	s, err := readSettings(file)
	if err != nil {
		return err
	}
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Get("http://" + s.API + "/health")
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.Copy(os.Stdout, response.Body)
	return err
}
