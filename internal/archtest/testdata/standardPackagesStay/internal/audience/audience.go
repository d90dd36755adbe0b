// Package audience is a fixture.
package audience

import (
	"math/rand"
	"net/http"
)
