package AepQueue;

# What is on disk in a queue's directory, read with the tool that an operator has (sqlite3).
#
#     my $queue = $server->queue;
#     is(scalar(my @entries = $queue->entries), 1, 'the event is kept');
#     ok($queue->becomes_empty, 'and goes');

use strict;
use warnings;

use JSON::PP ();
use Time::HiRes ();

sub new {
    my ($class, $directory) = @_;
    return bless { directory => $directory }, $class;
}

sub directory { return $_[0]{directory} }

# The files of the workers, by number.
sub files {
    my $self = shift;
    my %number_of = map { m{/(\d+)\.db$} ? ($_ => $1) : () } glob "$self->{directory}/*.db";
    return sort { $number_of{$a} <=> $number_of{$b} } keys %number_of;
}

# Requests that wait for Edge, oldest first within a file; each a hash of what the columns hold.
sub entries { my $self = shift; return map { $self->_table($_, 'entries') } $self->files }

# Requests that Edge will not take as they are.
sub dead_letters { my $self = shift; return map { $self->_table($_, 'dead_letters') } $self->files }

# The set-consent requests that wait for Edge.
sub consents { my $self = shift; return $self->_table("$self->{directory}/consent.db", 'consents') }

# The back office events that wait for Edge, and those that Edge has refused.
sub orders { my $self = shift; return $self->_table($self->_orders, 'orders') }

sub dead_orders { my $self = shift; return $self->_table($self->_orders, 'dead_letters') }

sub _orders { return "$_[0]{directory}/orders.db" }

# Puts back office events into the queue, as a worker does. A lane is named by its Edge and its datastream.
sub append_orders {
    my ($self, $edge, $datastream, @bodies) = @_;
    my $now  = int(1000 * Time::HiRes::time());
    my @rows = map { my $body = s/'/''/gr; "('$edge $datastream', $now, 0, 0, 'back_office', "
            . (256 + length) . ", '$datastream', 'back-office', '', '', '$body')" } @bodies;
    while (my @some = splice @rows, 0, 50) {    # an argument of a program has 128 KB at most
        $self->rows($self->_orders, 'INSERT INTO orders (lane, received, due, attempts, source, size, website, '
            . 'action, target, headers, body) VALUES ' . join ', ', @some);
    }
    return;
}

# A file that is just being made has no tables yet.
sub _table {
    my ($self, $file, $table) = @_;
    return unless -s $file && $self->rows($file, "SELECT 1 FROM sqlite_master WHERE name = '$table'");
    return $self->rows($file, "SELECT * FROM $table ORDER BY id");
}

sub count { my $self = shift; return scalar(() = $self->entries) }

# Waits until nothing waits for Edge any more.
sub becomes_empty {
    my ($self, $seconds) = @_;
    return AepServer::wait_until(sub { !$self->entries && !$self->consents }, $seconds // 60);
}

# What a statement gives, or does. A file that goes away meanwhile has nothing; one that changes hands is not to be
# read for a moment.
sub rows {
    my ($self, $file, $statement) = @_;
    my $text;
    for (1 .. 50) {
        return unless -e $file;
        $text = _run($file, $statement);
        last if defined $text;
        select undef, undef, undef, 0.1;
    }
    die "sqlite3 fails with $file: $statement\n" unless defined $text;
    return length $text ? @{ JSON::PP->new->utf8->decode($text) } : ();
}

# Nothing when it fails.
sub _run {
    my ($file, $statement) = @_;
    my @command = (qw(sqlite3 -json -cmd), '.timeout 5000', "file:$file?mode=rw", $statement);
    my $pid = open(my $out, '-|') // die "fork: $!";
    if (!$pid) {
        open STDERR, '>', '/dev/null';
        exec @command or die "sqlite3: $!";
    }
    my $text = do { local $/; <$out> };
    return close $out ? $text : undef;
}

1;
