package audience

import (
	"database/sql"
	"net/http"
)
