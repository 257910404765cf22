package main

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// settings is the file that the receiver reads. Secrets are in files of their own.
type settings struct {
	// Where Beats connect to. Nothing listens without it.
	Beats *listener `json:"beats"`
	// Where programs send lines of JSON. Nothing listens without it.
	Lines *listener `json:"lines"`
	// Where /health is answered, for example 127.0.0.1:9600.
	API           string        `json:"api"`
	Elasticsearch elasticsearch `json:"elasticsearch"`
	// Where an event goes that names no data stream.
	DataStream dataStream `json:"dataStream"`
	// File that takes the events that the store refuses, a line of JSON each.
	DeadLetters string `json:"deadLetters"`
}

type listener struct {
	// For example :5044.
	Address string `json:"address"`
	// Files in PEM; without both there is no TLS.
	Certificate string `json:"certificate"`
	Key         string `json:"key"`
}

type elasticsearch struct {
	URLs []string `json:"urls"`
	// File in PEM with the authorities to trust; the system's without it.
	CA           string `json:"ca"`
	User         string `json:"user"`
	PasswordFile string `json:"passwordFile"`
}

// dataStream has the parts of a data stream's name. Without them: logs, generic, default.
type dataStream struct {
	Type      string `json:"type"`
	Dataset   string `json:"dataset"`
	Namespace string `json:"namespace"`
}

// readSettings reads the file and says all that is wrong in it.
func readSettings(file string) (settings, error) {
	s := settings{DataStream: dataStream{Type: "logs", Dataset: "generic", Namespace: "default"}}
	text, err := os.ReadFile(file)
	if err != nil {
		return s, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return s, fmt.Errorf("%s: %w", file, err)
	}
	var faults []error
	missing := func(absent bool, text string) {
		if absent {
			faults = append(faults, fmt.Errorf("%s: %s", file, text))
		}
	}
	missing(s.Beats == nil && s.Lines == nil, "beats or lines has to be given")
	for name, l := range map[string]*listener{"beats": s.Beats, "lines": s.Lines} {
		missing(l != nil && l.Address == "", name+".address is missing")
		missing(l != nil && (l.Certificate == "") != (l.Key == ""), name+" has only one of certificate and key")
	}
	missing(s.API == "", "api is missing")
	missing(len(s.Elasticsearch.URLs) == 0, "elasticsearch.urls is missing")
	missing(s.Elasticsearch.User == "", "elasticsearch.user is missing")
	missing(s.Elasticsearch.PasswordFile == "", "elasticsearch.passwordFile is missing")
	missing(s.DeadLetters == "", "deadLetters is missing")
	return s, errors.Join(faults...)
}

// tls gives what the listener is to speak; nil without a certificate.
func (l listener) tls() (*tls.Config, error) {
	if l.Certificate == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(l.Certificate, l.Key)
	if err != nil {
		return nil, err
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

func (e elasticsearch) tls() (*tls.Config, error) {
	if e.CA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(e.CA)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s has no certificate", e.CA)
	}
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, nil
}

// password reads the file each time, so that a new password needs no restart.
func (e elasticsearch) password() (string, error) {
	text, err := os.ReadFile(e.PasswordFile)
	return strings.TrimRight(string(text), "\r\n"), err
}
