package token

import (
	"fmt"
	"slices"
)

// Drop returns the keys without one: nothing that was signed with it verifies any more, for
// ever. The last key goes on naming the messages, and is retired instead of removed. It is an
// error if there is no such key, if it was dropped before, or if it is the one that signs.
func Drop(keys []Key, id byte) ([]Key, error) {
	at := slices.IndexFunc(keys, func(key Key) bool { return key.ID == id })
	switch {
	case at < 0 || keys[at].Retired:
		return nil, fmt.Errorf("there is no key %d that verifies anything", id)
	case at == 0:
		return nil, fmt.Errorf("key %d is the one that signs; rotate first, so that another one does", id)
	}
	kept := slices.Clone(keys)
	if at == len(kept)-1 {
		kept[at].Retired = true
		return kept, nil
	}
	return slices.Delete(kept, at, at+1), nil
}
