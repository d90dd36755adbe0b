package compose

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Pin is what the first mark of a message pins besides its content, so that a retry
// has the same bytes whatever happens to the subscriber meanwhile, and so that the page
// in the browser shows what was sent. There is one in each row of the ledger, which is
// why its text is short: see AppendText.
type Pin struct {
	// Date is the message's date, in Unix seconds.
	Date int64
	// Name is what the recipient was called in the header; it may be empty.
	Name string
	// Values are the merge values.
	Values Values
}

// ReadPin reads what AppendText wrote, or the JSON object that pins were before.
func ReadPin(text string) (Pin, error) {
	read := readPinText
	if strings.HasPrefix(text, "{") {
		read = readPinObject
	}
	p, err := read(text)
	if err != nil {
		return Pin{}, fmt.Errorf("read pinned merge values: %w", err)
	}
	return p, nil
}

// readPinObject reads a pin of the first form, of which ledgers are full.
func readPinObject(text string) (Pin, error) {
	var object struct {
		Date   int64  `json:"date"`
		Name   string `json:"name"`
		Values struct {
			Number int               `json:"number"`
			Count  int               `json:"count"`
			Fields map[string]string `json:"fields"`
			Dates  []string          `json:"dates"`
		} `json:"values"`
	}
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		return Pin{}, err
	}
	v := &object.Values
	return Pin{
		Date: object.Date, Name: object.Name,
		Values: Values{Number: v.Number, Count: v.Count, Fields: fieldsOf(v.Fields), Dates: v.Dates},
	}, nil
}
