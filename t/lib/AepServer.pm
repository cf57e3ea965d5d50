package AepServer;

# An nginx of its own for a test program: a master process and workers in the foreground, real signals, and a directory
# that goes with the test. For what Test::Nginx cannot say: faults, signals, processes, several requests at once.
#
#     use AepServer;
#     my $edge   = AepEdge->start;
#     my $server = AepServer->start(edge => $edge->url, workers => 2);
#     my $answer = $server->client->post('/ee/v1/interact', $json);
#     $server->ends_soon;
#     $server->is_clean('after all that');

use strict;
use warnings;

use AepClient ();
use AepPatience qw(patience patient_edge);
use AepQueue ();
use Cwd ();
use File::Basename ();
use File::Temp ();
use IO::Socket::INET ();
use POSIX ();
use Test::More ();
use Time::HiRes qw(sleep time);

my $top   = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');
my $build = Cwd::abs_path($ENV{AEP_BUILD} || "$top/build");

$ENV{PATH} .= ':/usr/local/sbin:/usr/sbin';

my %running;     # servers by process ID
my $owner = $$;

# What a log must never hold: a process that died or leaked, an internal fault.
our $fault = qr/\[alert\]|\[emerg\]|exited on signal|exited with (?:fatal )?code [1-9]|Sanitizer|runtime error:/;

# Options: edge (an argument list of aep_edge; without answer_timeout a page waits as long as it takes), workers,
# single (no master process), default_queue (no aep_queue), paths (where nginx keeps temporary files; '': where it does
# by itself), command (what runs nginx's command), daemon (in the background, for an upgrade), preload (a library),
# front (lines before the one that loads our module), and lines for main, events, http, server, in which AEP_PORT and AEP_TLS_PORT are free
# ports (the first one is the server's), and AEP_DIRECTORY its directory.
sub start {
    my ($class, %options) = @_;
    my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);
    chmod 0755, $directory;    # workers are not root
    my $self = bless { directory => $directory, port => free_port(), tls_port => free_port() }, $class;
    return $self->start_again(%options);
}

# A server block for another website, for the option `http`, with these lines besides a name and the two locations.
sub website {
    my ($name, $lines) = @_;
    return <<"SERVER";
    server {
        listen  127.0.0.1:AEP_PORT;
        server_name  $name;
        $lines
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/ { aep_gateway; }
    }
SERVER
}

# Starts it after it has ended, with the same directory and the same ports. Options replace those of the first start.
sub start_again {
    my ($self, %options) = @_;
    $self->configure(%options);
    delete $self->{status};
    return $self->run;
}

# Starts nginx, again when it has ended.
sub run {
    my $self = shift;
    $self->{pid} = fork // die "fork: $!";
    if ($self->{pid} == 0) {
        open STDOUT, '>', '/dev/null';
        open STDERR, '>>', "$self->{directory}/error.log";
        $ENV{LD_PRELOAD} = join ' ',
            grep { length } $ENV{TEST_NGINX_LD_PRELOAD} // '', $self->{options}{preload} // '';
        exec $self->_command or POSIX::_exit(127);
    }
    if ($self->{options}{daemon}) {
        waitpid $self->{pid}, 0;
        die "nginx does not start:\n" . $self->log if $?;
        $self->{pid} = wait_until(sub { $self->_pid_in_file }) // die "nginx writes no pid file\n";
    }
    $running{ $self->{pid} } = $self;
    $self->_wait_until_it_serves;
    return $self;
}

# Writes the configuration; `signal('HUP')` then makes it hold.
sub configure {
    my ($self, %options) = @_;
    %options = (%{ $self->{options} // {} }, %options);
    $self->{options} = \%options;
    open my $out, '>', "$self->{directory}/nginx.conf" or die "nginx.conf: $!";
    print $out $self->_configuration(%options);
    close $out or die "nginx.conf: $!";
    return;
}

sub _configuration {
    my ($self, %options) = @_;
    my %text = (front => q(), main => q(), events => q(), http => q(), server => q(), %options);
    my $edge = $options{edge} =~ /\banswer_timeout=/ ? $options{edge} : "$options{edge} " . patient_edge();
    s/\bAEP_PORT\b/$self->{port}/g, s/\bAEP_TLS_PORT\b/$self->{tls_port}/g, s/\bAEP_DIRECTORY\b/$self->{directory}/g for grep { defined } values %text;
    my $modes   = $options{single} ? "master_process off;\n" : 'worker_processes ' . ($options{workers} // 2) . ";\n";
    my $daemon  = $options{daemon} ? 'on' : 'off';
    my $paths   = $options{paths} // join q(), map { "    ${_}_temp_path  AEP_DIRECTORY/$_;\n" }
        qw(client_body proxy fastcgi uwsgi scgi);
    s/\bAEP_DIRECTORY\b/$self->{directory}/g for $paths;
    # A directory that is chosen is no reason for a warning, wherever it is.
    my $queue = $options{default_queue} || $text{http} =~ /\baep_queue\b/ ? '' : "aep_queue $self->{directory}/aep-queue;";
    my $server  = <<"SERVER";
    server {
        listen  127.0.0.1:$self->{port};
        server_name  shop.example;
        root  $self->{directory}/html;
        aep_datastream_id  ebebf826-a01f-4458-8cec-ef61de241c93;
        location ^~ /aep/ { aep_sdk; }
        location ^~ /ee/ { aep_gateway; }
        location = /page.html {
            default_type text/html;
            return 200 "<!doctype html><head></head><body>Shop</body>";
        }
        location = /stub_status { stub_status; }
$text{server}
    }
SERVER
    return <<"CONFIGURATION";
$text{front}
load_module  $build/ngx_http_aep_module.so;
daemon  $daemon;
pid  $self->{directory}/nginx.pid;
error_log  $self->{directory}/error.log  notice;
$modes$text{main}
events { worker_connections 1024; $text{events} }
http {
    access_log             off;
$paths
    aep_organization_id    0123456789ABCDEF01234567\@AdobeOrg;
    aep_edge               $edge;
    $queue
$text{http}
$server
}
CONFIGURATION
}

sub _command {
    my $self    = shift;
    my @command = (binary(), '-e', "$self->{directory}/error.log", '-p', $self->{directory}, '-c',
        "$self->{directory}/nginx.conf");
    return (@{ $self->{options}{command} // [] }, $ENV{AEP_VALGRIND} ? split(' ', $ENV{AEP_VALGRIND}) : (), @command);
}

# With its path, because an upgrade runs it without a search.
sub binary {
    my $name = $ENV{TEST_NGINX_BINARY} || 'nginx';
    return $name if $name =~ m{/};
    return (grep { -x } map { "$_/$name" } split /:/, $ENV{PATH})[0] // $name;
}

# It listens before it finds out that it cannot start, and LeakSanitizer then looks for leaks in a child process, which is
# no worker: what tells is the pid file, which nginx writes when all is well.
sub _wait_until_it_serves {
    my $self = shift;
    for (1 .. 1200) {
        return if ($self->_pid_in_file // 0) == $self->{pid} && $self->is_listening && $self->workers;
        if (_has_ended($self->{pid})) {
            delete $running{ $self->{pid} };
            die "nginx does not start:\n" . $self->log;
        }
        sleep 0.025;
    }
    die "nginx does not serve:\n" . $self->log;
}

sub is_listening {
    my $self = shift;
    return defined IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $self->{port}, Proto => 'tcp');
}

sub port      { return $_[0]{port} }
sub tls_port  { return $_[0]{tls_port} }
sub pid       { return $_[0]{pid} }
sub directory { return "$_[0]{directory}" }

# What is kept for later, where aep_queue does not say another place.
sub queue { return AepQueue->new("$_[0]{directory}/aep-queue") }

sub client { my $self = shift; return AepClient->new($self->{port}) }

# The worker processes that are there now, those that are about to end included.
sub workers {
    my $self = shift;
    return ($self->{pid}) if $self->{options}{single};
    return _children($self->{pid});
}

sub _children {
    my $pid = shift;
    open my $in, '<', "/proc/$pid/task/$pid/children" or return;
    return split ' ', <$in> // '';
}

# Of a child of ours, or of another process; $? is the status where it is known.
sub _has_ended {
    my $pid   = shift;
    my $ended = waitpid $pid, POSIX::WNOHANG();
    return $ended == $pid if $ended != -1;
    $? = 0;
    return !is_running($pid);
}

# Whether there is such a process, and it has not ended without its parent's notice.
sub is_running {
    my $pid = shift;
    open my $in, '<', "/proc/$pid/cmdline" or return 0;
    return length(<$in> // '') != 0;
}

sub log {
    my $self = shift;
    open my $in, '<', "$self->{directory}/error.log" or return '';
    local $/;
    return <$in> // '';
}

# Waits for a line that matches; returns it, or undef.
sub wait_for_log {
    my ($self, $pattern, $seconds) = @_;
    my $found = wait_until(sub { $self->log =~ /^(.*$pattern.*)$/m ? $1 : undef }, $seconds);
    return $found;
}

sub signal {
    my ($self, $name) = @_;
    kill $name => $self->{pid};
    return;
}

# Reloads the configuration; returns once new workers are there.
sub reload {
    my $self = shift;
    my %before = map { $_ => 1 } $self->workers;
    $self->signal('HUP');
    return wait_until(sub { grep { !$before{$_} } $self->workers });
}

# Upgrades the program as nginx's manual says: a second master process with workers beside the first (USR2), then the
# first one's workers end (WINCH), then it does (QUIT). Returns once that is done, or undef. It takes a server that was
# started with `daemon`: nginx does not upgrade in the foreground.
sub upgrade {
    my $self = shift;
    my $old  = $self->{pid};
    my %old_workers = map { $_ => 1 } $self->workers;
    $self->signal('USR2');
    my $new = wait_until(sub {
        my $pid = $self->_pid_in_file;
        return defined $pid && $pid != $old ? $pid : undef;
    }) // return;
    wait_until(sub { _children($new) }) // return;
    $self->signal('WINCH');
    wait_until(sub { !grep { $old_workers{$_} } _children($old) }) // return;
    $self->signal('QUIT');
    wait_until(sub { _has_ended($old) }) // return;
    delete $running{$old};
    $self->{pid} = $new;
    $running{$new} = $self;
    return 1;
}

sub _pid_in_file {
    my $self = shift;
    open my $in, '<', "$self->{directory}/nginx.pid" or return;
    my ($pid) = (<$in> // '') =~ /^(\d+)/;
    return $pid;
}

# Ends nginx gracefully (QUIT), or by another signal; the seconds that took.
sub quit {
    my ($self, $signal, $patience) = @_;
    my $begun = time;
    $self->signal($signal // 'QUIT');
    $? = 0;
    my $ended = wait_until(sub { _has_ended($self->{pid}) }, $patience // 60);
    my $status = $?;
    delete $running{ $self->{pid} } if $ended;
    $self->{status} = $ended ? $status : undef;
    return time - $begun;
}

# One test: nginx ends by QUIT, or another signal, long before a wait for Edge does: in tests that is a minute. A machine
# that stands still for a moment is no fault; workers_come_and_go.t looks closer.
sub ends_soon {
    my ($self, $signal) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $took = $self->quit($signal);
    return Test::More::cmp_ok($took, '<', patience(20), sprintf 'nginx ends soon (%.1f s)', $took);
}

# Waits until it takes no more connections, as when it is about to end.
sub closes_its_port {
    my $self = shift;
    return wait_until(sub { !$self->is_listening });
}

# Waits until so many requests have come, to the end of their headers at least.
sub has_requests {
    my ($self, $count) = @_;
    my $with_this_one = $count + 1;
    return wait_until(sub { $self->client->get('/stub_status')->{body} =~ /Reading: 0 Writing: $with_this_one / });
}

# One test: nginx has ended as it should, if it has ended, and its log holds no fault.
sub is_clean {
    my ($self, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my @faults = grep { /$fault/ } split /\n/, $self->log;
    push @faults, 'nginx did not end' if exists $self->{status} && !defined $self->{status};
    push @faults, "nginx ended with status $self->{status}" if $self->{status};
    return Test::More::is(join("\n", @faults), '', "no fault $name");
}

# Calls until it gives something true, and returns that; undef after so many seconds (60) of patience.
sub wait_until {
    my ($condition, $seconds) = @_;
    my $deadline = time + patience($seconds // 60);
    while (1) {
        my $result = $condition->();
        return $result if $result;
        return if time > $deadline;
        sleep 0.01;
    }
}

# How this nginx was built.
sub nginx_configuration {
    my $binary = binary();
    return `$binary -V 2>&1`;
}

# Not one that the system gives to outgoing connections, which another test could have soon.
sub free_port {
    for (1 .. 100) {
        my $port = 12000 + int rand 20000;
        return $port if IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 1, Proto => 'tcp');
    }
    die "there is no free port: $@";
}

# Kills all of nginx's processes; returns their ids. The port is free then: a process whose first thread has ended may hold
# it for a moment more.
sub kill_now {
    my $self = shift;
    kill STOP => $self->{pid};    # it shall not start another worker meanwhile
    my @all = ($self->workers, $self->{pid});
    delete $running{ $self->{pid} };
    kill KILL => @all;
    local $?;
    waitpid $self->{pid}, 0;
    wait_until(sub { !$self->is_listening }, 5);
    return @all;
}

END {
    if ($$ == $owner) {
        $_->kill_now for values %running;
    }
}

1;
