package outbox

import (
	"example.org/fancy/assert"
	"github.com/google/go-cmp/cmp"
	"github.com/wneessen/go-mail"
)
