package compose

import (
	"testing"

	"partwork/internal/testkit"
)

// TestShippedMessagesVerify holds the signatures of every issue that ships, and of
// the confirmations, against two other implementations.
func TestShippedMessagesVerify(t *testing.T) {
	testkit.Outside(t)
	t.Parallel()
	interpreter, signer := python(t), newSigner(t, nil)
	people := tormented(t)
	for i, p := range press(t) {
		if i%tortureShare != 0 {
			continue
		}
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			m := p.send(t, people[i%len(people)], signer)
			mustVerify(t, m.Bytes, 2)
			if holds := pythonVerify(t, interpreter, m.Bytes); len(holds) != 2 || !holds[0] || !holds[1] {
				t.Errorf("dkimpy says %v, want two signatures that hold", holds)
			}
		})
	}
}
