// FlightLog
