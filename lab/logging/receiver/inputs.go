package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/elastic/go-lumber/lj"
	lumberjack "github.com/elastic/go-lumber/server/v2"
)

const (
	// Requests to Elasticsearch that are under way at a time.
	workers = 4
	// What one request takes of lines at most, and how long the first of them waits for others.
	linesAtOnce = 500
	lineWait    = 200 * time.Millisecond
	longestLine = 1 << 20
)

func listen(on listener) (net.Listener, error) {
	config, err := on.tls()
	if err != nil {
		return nil, err
	}
	if config == nil {
		return net.Listen("tcp", on.Address)
	}
	return tls.Listen("tcp", on.Address, config)
}

// serveBeats speaks the protocol of Beats until the context ends. A batch is acknowledged when the store has it; until
// then its sender hears every few seconds that it is under way.
func serveBeats(ctx context.Context, from net.Listener, defaults dataStream, to *store) error {
	batches := make(chan *lj.Batch)
	keepJSON := func(text []byte, into any) error {
		*into.(*any) = newEvent(text, defaults)
		return nil
	}
	server, err := lumberjack.NewWithListener(from, lumberjack.Channel(batches), lumberjack.JSONDecoder(keepJSON))
	if err != nil {
		return err
	}
	for range workers {
		go func() {
			for {
				select {
				case <-ctx.Done():
					return
				case batch := <-batches:
					events := make([]event, len(batch.Events))
					for i, one := range batch.Events {
						events[i] = one.(event)
					}
					if to.write(events) == nil {
						batch.ACK()
					}
				}
			}
		}()
	}
	<-ctx.Done()
	return server.Close()
}

// serveLines takes a line of JSON for an event. Nothing is acknowledged, as the protocol has no word for it: while the
// store is down the connection is not read, and its sender waits. When the context ends it comes back after what it
// took is written.
func serveLines(ctx context.Context, from net.Listener, defaults dataStream, to *store) {
	defer context.AfterFunc(ctx, func() { _ = from.Close() })()
	var connections sync.WaitGroup
	defer connections.Wait()
	for {
		connection, err := from.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return
			}
			slog.Warn("no connection accepted", "error", err.Error())
			time.Sleep(100 * time.Millisecond)
			continue
		}
		connections.Go(func() { takeLines(ctx, connection, defaults, to) })
	}
}

func takeLines(ctx context.Context, connection net.Conn, defaults dataStream, to *store) {
	defer connection.Close()
	defer context.AfterFunc(ctx, func() { _ = connection.Close() })()
	lines := make(chan []byte, linesAtOnce)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(connection)
		scanner.Buffer(make([]byte, 0, 64<<10), longestLine)
		for scanner.Scan() {
			if len(scanner.Bytes()) > 0 {
				lines <- append([]byte(nil), scanner.Bytes()...)
			}
		}
		if err := scanner.Err(); err != nil && !errors.Is(err, net.ErrClosed) {
			slog.Warn("lines: the connection is closed", "from", connection.RemoteAddr().String(), "error", err.Error())
		}
	}()
	for open := true; open; {
		var events []event
		events, open = collect(lines, defaults)
		if len(events) > 0 && to.write(events) != nil {
			slog.Warn("lines that were taken are lost: the program ends while the store is down", "lines", len(events))
			break
		}
	}
	for range lines {
		// The reader of the connection must not wait for ever.
		_ = connection.Close()
	}
}

// collect waits for a line, and a little for more. It is false when no more will come.
func collect(lines <-chan []byte, defaults dataStream) ([]event, bool) {
	line, open := <-lines
	if !open {
		return nil, false
	}
	events := []event{newEvent(line, defaults)}
	deadline := time.After(lineWait)
	for len(events) < linesAtOnce {
		select {
		case line, open := <-lines:
			if !open {
				return events, false
			}
			events = append(events, newEvent(line, defaults))
		case <-deadline:
			return events, true
		}
	}
	return events, true
}

// health is what /health answers: whether the program works, and how the store does.
func (s *store) health() json.RawMessage {
	trouble := s.trouble.Load()
	found := map[string]any{
		"status":      "up",
		"name":        "farmstack's receiver in the place of Logstash",
		"stored":      s.stored.Load(),
		"duplicates":  s.duplicates.Load(),
		"deadLetters": s.refused.Load(),
		"held":        s.held.Load(),
	}
	if trouble != nil {
		found["elasticsearch"] = *trouble
	} else {
		found["elasticsearch"] = "takes events"
	}
	return encode(found)
}
