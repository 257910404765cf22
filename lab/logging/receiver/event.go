package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"
)

// event is a document on its way, with the data stream and the id under which it is stored.
type event struct {
	index string
	id    string
	body  []byte
}

type fields map[string]json.RawMessage

// routing is what an event says of itself: Beats' @metadata, which is not stored, and its data stream.
type routing struct {
	Metadata struct {
		ID    string `json:"_id"`
		Index string `json:"index"`
	} `json:"@metadata"`
	DataStream dataStream `json:"data_stream"`
}

// newEvent takes the JSON of a document. What is not an object of JSON becomes the message of one, with the tag that
// Logstash gives it.
func newEvent(text []byte, defaults dataStream) event {
	document := fields{}
	if err := json.Unmarshal(text, &document); err != nil || document == nil {
		document = fields{"message": encode(string(text)), "tags": encode([]string{"_jsonparsefailure"})}
	}
	var route routing
	for name, into := range map[string]any{"@metadata": &route.Metadata, "data_stream": &route.DataStream} {
		_ = json.Unmarshal(document[name], into) // of another shape: it says nothing
	}
	delete(document, "@metadata")
	if isEmpty(document["@timestamp"]) {
		document["@timestamp"] = encode(time.Now().UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	e := event{index: route.Metadata.Index, id: route.Metadata.ID}
	if e.index == "" {
		stream := dataStream{
			Type:      first(route.DataStream.Type, defaults.Type),
			Dataset:   first(route.DataStream.Dataset, defaults.Dataset),
			Namespace: first(route.DataStream.Namespace, defaults.Namespace),
		}
		document["data_stream"] = encode(stream)
		e.index = fmt.Sprintf("%s-%s-%s", stream.Type, stream.Dataset, stream.Namespace)
	}
	if e.id == "" {
		// Sent twice by this program, it is stored once all the same.
		e.id = rand.Text()
	}
	e.body = encode(document)
	return e
}

// lines are the two that the bulk API takes for an event.
func (e event) lines(into *bytes.Buffer) {
	into.Write(encode(map[string]any{"create": map[string]string{"_index": e.index, "_id": e.id}}))
	into.WriteByte('\n')
	into.Write(e.body)
	into.WriteByte('\n')
}

func first(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

func isEmpty(value json.RawMessage) bool {
	return len(value) == 0 || string(value) == "null" || string(value) == `""`
}

// encode writes JSON on one line, without the escapes for HTML.
func encode(value any) json.RawMessage {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // of what was decoded or made here
	}
	return bytes.TrimSpace(text.Bytes())
}
