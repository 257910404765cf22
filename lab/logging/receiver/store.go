package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// store writes events to Elasticsearch until it has them.
type store struct {
	// Ends when there is no more time to wait for the store.
	ctx         context.Context
	settings    elasticsearch
	client      *http.Client
	deadLetters *deadLetters
	turn        atomic.Uint64

	stored, duplicates, refused, held atomic.Int64
	// What stood in the way of the last request; nil after one that was answered.
	trouble atomic.Pointer[string]
}

func newStore(ctx context.Context, s settings) (*store, error) {
	config, err := s.Elasticsearch.tls()
	if err != nil {
		return nil, err
	}
	letters, err := openDeadLetters(s.DeadLetters)
	if err != nil {
		return nil, err
	}
	if _, err := s.Elasticsearch.password(); err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: false, MaxIdleConnsPerHost: workers}
	client := &http.Client{Transport: transport, Timeout: 90 * time.Second}
	return &store{ctx: ctx, settings: s.Elasticsearch, client: client, deadLetters: letters}, nil
}

// answer is what the bulk API says of one event.
type answer struct {
	Status int             `json:"status"`
	Error  json.RawMessage `json:"error"`
}

// write comes back when each event is stored, was stored before, or is among the dead letters. A store that is down is
// waited for. The error is the context's: the program ends.
func (s *store) write(events []event) error {
	s.held.Add(int64(len(events)))
	defer s.held.Add(-int64(len(events)))
	pause := 250 * time.Millisecond
	for len(events) > 0 {
		left, err := s.send(events)
		if err == nil && len(left) < len(events) {
			pause = 250 * time.Millisecond
		}
		s.note(err, len(left))
		events = left
		if len(events) == 0 {
			break
		}
		select {
		case <-s.ctx.Done():
			return s.ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, 5*time.Second)
	}
	return nil
}

// note says it in the log when trouble begins and when it ends.
func (s *store) note(err error, left int) {
	if err == nil && left > 0 {
		err = fmt.Errorf("it takes %d events later", left)
	}
	if err == nil {
		if s.trouble.Swap(nil) != nil {
			slog.Info("Elasticsearch takes events again")
		}
		return
	}
	text := err.Error()
	if s.trouble.Swap(&text) == nil {
		slog.Warn("Elasticsearch does not take events; they are sent again until it does", "error", text)
	}
}

// send gives the events that have to be sent again.
func (s *store) send(events []event) ([]event, error) {
	var body bytes.Buffer
	for _, e := range events {
		e.lines(&body)
	}
	status, answers, err := s.bulk(&body)
	if err != nil {
		tooMuch := status == http.StatusRequestEntityTooLarge || status == http.StatusBadRequest
		if tooMuch && len(events) > 1 {
			half := len(events) / 2
			first, err1 := s.send(events[:half])
			second, err2 := s.send(events[half:])
			return append(first, second...), firstError(err1, err2)
		}
		if tooMuch {
			return nil, s.refuse(events[0], answer{Status: status, Error: encode(err.Error())})
		}
		return events, err
	}
	if len(answers) != len(events) {
		return events, fmt.Errorf("the answer is on %d of %d events", len(answers), len(events))
	}
	var left []event
	for i, answered := range answers {
		switch {
		case answered.Status < 300:
			s.stored.Add(1)
		case answered.Status == http.StatusConflict:
			s.duplicates.Add(1)
		case isForLater(answered.Status):
			left = append(left, events[i])
			err = fmt.Errorf("status %d: %s", answered.Status, answered.Error)
		default:
			if failure := s.refuse(events[i], answered); failure != nil {
				left, err = append(left, events[i]), failure
			}
		}
	}
	return left, err
}

// isForLater tells the failures that are not the event's own: a store that is busy, ill, or that lacks a right.
func isForLater(status int) bool {
	return status >= 500 || status == http.StatusTooManyRequests || status == http.StatusUnauthorized ||
		status == http.StatusForbidden || status == http.StatusRequestTimeout
}

func (s *store) refuse(e event, why answer) error {
	if err := s.deadLetters.add(e, why); err != nil {
		return err
	}
	s.refused.Add(1)
	return nil
}

func (s *store) bulk(body io.Reader) (int, []answer, error) {
	password, err := s.settings.password()
	if err != nil {
		return 0, nil, err
	}
	urls := s.settings.URLs
	url := strings.TrimRight(urls[s.turn.Add(1)%uint64(len(urls))], "/")
	url += "/_bulk?filter_path=items.*.status,items.*.error.type,items.*.error.reason"
	request, err := http.NewRequestWithContext(s.ctx, http.MethodPost, url, body)
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Content-Type", "application/x-ndjson")
	request.SetBasicAuth(s.settings.User, password)
	response, err := s.client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil, err
	}
	if response.StatusCode != http.StatusOK {
		return response.StatusCode, nil, fmt.Errorf("status %d: %.300s", response.StatusCode, text)
	}
	var found struct {
		Items []map[string]answer `json:"items"`
	}
	if err := json.Unmarshal(text, &found); err != nil {
		return 0, nil, err
	}
	answers := make([]answer, len(found.Items))
	for i, item := range found.Items {
		answers[i] = item["create"]
	}
	return response.StatusCode, answers, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// deadLetters is a file with the events that the store refuses for good.
type deadLetters struct {
	mutex sync.Mutex
	file  *os.File
}

func openDeadLetters(path string) (*deadLetters, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &deadLetters{file: file}, err
}

// add returns when the event is on the disk.
func (d *deadLetters) add(e event, why answer) error {
	line := encode(map[string]any{
		"@timestamp": time.Now().UTC(),
		"index":      e.index,
		"id":         e.id,
		"status":     why.Status,
		"error":      why.Error,
		"event":      json.RawMessage(e.body),
	})
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if _, err := d.file.Write(append(line, '\n')); err != nil {
		return err
	}
	return d.file.Sync()
}
