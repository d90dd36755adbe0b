package compose

import (
	"github.com/yuin/goldmark/ast"
)
